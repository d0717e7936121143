import ArgumentParser
import RuleEngine

/// The rule files and folders that a command works on.
struct RuleArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Rule files, or folders of them. (default: the rules of boxwatch.yaml, else rules)", valueName: "rule"))
  var rules: [String] = []

  /// Throws ``CommandFailure`` where a path is not there, or holds no rules.
  func sources(withTests: Bool = false) throws -> [RuleSource] {
    try Self.sources(rules.isEmpty ? Self.usual() : rules, withTests: withTests)
  }

  /// What is meant where nothing is named: the rules of the configuration in this folder, else the folder `rules`.
  static func usual() throws -> [String] {
    let paths = try ConfigurationOptions.ofThisFolder().readRules()
    return paths.isEmpty ? ["rules"] : paths
  }

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

extension RuleOptions {
  /// As the command gives them to every rule file.
  static var ofCommand: RuleOptions {
    var options = RuleOptions()
    options.version = Version.text
    return options
  }
}
