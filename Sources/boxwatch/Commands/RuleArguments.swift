import ArgumentParser
import ConfigurationFile
import Delivery
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

/// `--config` of commands that want nothing of the configuration but its rules and what they may use.
struct RuleConfiguration: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The configuration: its budgets, its sinks, and its rules where none are named. (default: boxwatch.yaml here, if "
        + "there is one)",
      valueName: "file"))
  var config: String?

  /// The rules that are named, else those of the configuration, else those in the folder `rules`; and what the
  /// configuration gives them.
  func read(named: [String], withTests: Bool = false) throws -> (sources: [RuleSource], options: RuleOptions) {
    var file = ConfigurationOptions.ofThisFolder()
    file.config = config
    // Rules are checked and tested where the secrets are not.
    let configuration = try file.read(forgivesMissing: true)
    var paths = named
    if paths.isEmpty {
      for path in configuration.ruleSets.flatMap(\.paths) where !paths.contains(path) { paths.append(path) }
    }
    let sources = try RuleArguments.sources(paths.isEmpty ? ["rules"] : paths, withTests: withTests)
    var options = RuleOptions(configuration)
    // Without a configuration nobody knows what the sinks will be.
    if file.path == nil { options.sinks = nil }
    return (sources, options)
  }
}

extension RuleOptions {
  /// What a command and the configuration give to every rule file.
  init(_ configuration: BoxwatchConfiguration) {
    self.init()
    version = Version.text
    cpu = configuration.budgets.cpu
    wait = configuration.budgets.wait
    load = configuration.budgets.load
    memory = configuration.budgets.memory
    totalMemory = configuration.budgets.totalMemory
    streams = configuration.streams.map(\.streamType)
    sinks = configuration.sinkNames
    alertFiles = configuration.sinks.compactMap {
      if case .file(let path) = $0.kind { (try? OutputPath(path))?.description } else { nil }
    }
  }
}
