/// What was typed, made ready for the argument parser.
enum CommandLineArguments {
  /// `--created-after -1h` as `--created-after=-1h`. The parser takes the value either way, but where something else is
  /// wrong it reads `-1h` as a request for help.
  static func joiningNegativeValues(_ arguments: some Sequence<String>) -> [String] {
    var joined: [String] = []
    for argument in arguments {
      let isNegative = argument.first == "-" && argument.dropFirst().first?.isNumber == true
      if isNegative, let option = joined.last, option.hasPrefix("--"), option.count > 2, !option.contains("=") {
        joined[joined.count - 1] = option + "=" + argument
      } else {
        joined.append(argument)
      }
    }
    return joined
  }
}
