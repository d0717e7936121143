import ArgumentParser
import ConfigurationFile

/// `--config`: what stands in boxwatch.yaml.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The configuration. (default: boxwatch.yaml here, if there is one)", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("One of the configuration's accounts.", valueName: "name"))
  var account: String?

  private static let usual = "boxwatch.yaml"

  /// The file that is read; nil where there is none.
  var path: String? { config ?? (FileExists.at(Self.usual) ? Self.usual : nil) }

  /// Reads the file, and tells its warnings.
  ///
  /// - Parameter forgivesMissing: as of ``read(forgivesMissing:)``.
  /// - Throws: ``CommandFailure`` that names each mistake with its line and column.
  func load(forgivesMissing: Bool = false) throws -> BoxwatchConfiguration {
    let configuration = try read(forgivesMissing: forgivesMissing)
    for warning in configuration.warnings {
      StandardError.warn("\(warning)")
    }
    return configuration
  }

  /// What holds for commands that have no options of this kind.
  static func ofThisFolder() -> ConfigurationOptions {
    var options = ConfigurationOptions()
    (options.config, options.account) = (nil, nil)
    return options
  }

  /// Reads the file.
  ///
  /// - Parameter forgivesMissing: whether variables that are not set, and files of secrets that do not exist, are no
  ///   mistakes: for commands that need no account.
  func read(forgivesMissing: Bool = false) throws -> BoxwatchConfiguration {
    guard let path else { return BoxwatchConfiguration() }
    do {
      return try BoxwatchConfiguration.load(path, forgivesMissing: forgivesMissing) { Environment.process.text(of: $0) }
    } catch {
      let problems = error.problems.map(\.description).joined(separator: "\n  ")
      throw CommandFailure(error.kind == .missingFile ? .missingFile : .badConfiguration, problems)
    }
  }
}
