import ArgumentParser
import Ledger

/// Where the state is, for commands that look at it and make none: as `run` decides it.
struct StateLocation: ParsableArguments {
  @OptionGroup var state: StateOption

  @Option(
    help: ArgumentHelp(
      "The configuration whose state is meant. (default: boxwatch.yaml here, if there is one)", valueName: "file"))
  var config: String?

  /// The option's directory, the environment's, or the configuration's.
  ///
  /// - Throws: ``CommandFailure`` for a configuration that is wrong. Secrets that are not there are no mistake: nobody
  ///   needs them here.
  func path() throws -> String {
    var file = ConfigurationOptions.ofThisFolder()
    file.config = config
    return state.directory(configured: try file.read(forgivesMissing: true).state)
  }

  /// The directory as it is; nil where there is none and nobody named one.
  func existing() throws -> StateDirectory? {
    let path = try path()
    let found = try StateDirectory.find(path)
    guard found == nil, state.state != nil else { return found }
    throw CommandFailure(
      .missingFile, "--state: there is no directory \(path)",
      advice: "Name the directory that the watcher was given with --state.")
  }
}
