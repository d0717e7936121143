import ArgumentParser
import RuleEngine

/// The rule files and folders that a command works on.
struct RuleArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Rule files, or folders of them. (default: the rules of boxwatch.yaml, else rules)", valueName: "rule"))
  var rules: [String] = []

  /// Throws ``CommandFailure`` where a path is not there, or holds no rules.
  static func sources(_ paths: [String], withTests: Bool = false) throws -> [RuleSource] {
    let found: [RuleSource]
    do {
      found = try RuleSource.find(paths, withTests: withTests)
    } catch {
      throw CommandFailure(
        .missingFile, "\(error)", advice: "Name a rule file, or a folder with *.lua files in it.")
    }
    guard !found.isEmpty else {
      throw CommandFailure(
        .badInput, "\(paths.joined(separator: ", ")): there are no rules here",
        advice: "Rules are *.lua files; lib/ and *_test.lua are aside.")
    }
    return found
  }
}

/// `--config` of commands that want nothing of the configuration but its rules.
struct RuleConfiguration: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The configuration whose rules are meant where none are named. (default: boxwatch.yaml here, if there is one)",
      valueName: "file"))
  var config: String?

  /// The rules that are named; else those of the configuration; else those in the folder `rules`.
  func sources(named: [String], withTests: Bool = false) throws -> [RuleSource] {
    guard named.isEmpty else {
      guard config == nil else {
        throw CommandFailure(
          .usage, "--config beside rules that are named: its rules would not be looked at",
          advice: "Name rules, or the configuration that does.")
      }
      return try RuleArguments.sources(named, withTests: withTests)
    }
    var file = ConfigurationOptions.ofThisFolder()
    file.config = config
    let paths = try file.readRules()
    return try RuleArguments.sources(paths.isEmpty ? ["rules"] : paths, withTests: withTests)
  }
}

extension RuleOptions {
  /// As the command gives them to every rule file.
  static var ofCommand: RuleOptions {
    var options = RuleOptions()
    options.version = Version.text
    return options
  }
}
