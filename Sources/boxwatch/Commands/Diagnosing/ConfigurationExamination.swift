import ConfigurationFile

/// The configuration, once it could be read.
enum ConfigurationExamination {
  static func findings(_ file: BoxwatchConfiguration, path: String?) -> [Finding] {
    guard let path else { return [Finding(.ok, "configuration", "there is no boxwatch.yaml here; none is needed")] }
    var findings = file.warnings.map {
      Finding(.warning, "configuration", $0.description, advice: "Mend it; until then it works all the same.")
    }
    let streams = file.streams.isEmpty ? "no streams of its own" : "streams \(names(file.streams.map(\.name)))"
    let accounts = file.accounts.isEmpty ? "no accounts" : "accounts \(names(file.accounts.map(\.name)))"
    findings.append(Finding(.ok, "configuration", "\(path): \(accounts), \(streams)"))
    return findings
  }

  private static func names(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
