import ArgumentParser

/// What every command takes.
struct DisplayOptions: ParsableArguments {
  @Flag(
    name: .customLong("no-color"),
    help: "Print without colours, as the variable NO_COLOR asks.")
  var noColor = false
}
