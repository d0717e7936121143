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
  /// - Throws: ``CommandFailure`` that names each mistake with its line and column.
  func load() throws -> BoxwatchConfiguration {
    let configuration = try read()
    for warning in configuration.warnings {
      StandardError.write("boxwatch: warning: \(warning)\n".escapedForTerminal)
    }
    return configuration
  }

  /// Reads the file.
  func read() throws -> BoxwatchConfiguration {
    guard let path else { return BoxwatchConfiguration() }
    do {
      return try BoxwatchConfiguration.load(path) { Environment.process[$0] }
    } catch {
      let problems = error.problems.map(\.description).joined(separator: "\n  ")
      throw CommandFailure(error.kind == .missingFile ? .missingFile : .badConfiguration, problems)
    }
  }
}
