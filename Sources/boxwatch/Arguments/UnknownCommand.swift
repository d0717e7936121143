import ArgumentParser
import BoxClient

/// A word where a command's name belongs, which the argument parser would call an unexpected argument or a bad id.
enum UnknownCommand {
  /// - Throws: ``CommandFailure`` (64) that names the nearest command.
  static func refuse(in arguments: [String], of root: any ParsableCommand.Type) throws {
    var words = arguments.drop { $0 == "--no-color" }
    if words.first == "help" { words = words.dropFirst() }
    var command = root
    var path: [String] = []
    while let word = words.popFirst(), !word.hasPrefix("-") {
      // Of the program alone.
      if path.isEmpty && word == "help" { return }
      let inner = command.configuration.subcommands
      // A number is an id, for the command that is meant where none is named.
      let isID = command.configuration.defaultSubcommand != nil && Int64(word) != nil
      guard !inner.isEmpty, !isID else { return }
      guard let next = inner.first(where: { $0.configuration.commandName == word }) else {
        throw failure(word, path, inner.compactMap { $0.configuration.commandName })
      }
      command = next
      path.append(word)
    }
  }

  private static func failure(_ word: String, _ path: [String], _ known: [String]) -> CommandFailure {
    let names = path.isEmpty ? known + ["help"] : known
    let meant = NearestName.nearest(to: word, in: names).map { "; did you mean '\($0)'?" } ?? ""
    return CommandFailure(
      .usage, "\((["boxwatch"] + path).joined(separator: " ")) has no command '\(word)'\(meant)",
      advice: "\((["boxwatch", "help"] + path).joined(separator: " ")) lists all commands.")
  }
}
