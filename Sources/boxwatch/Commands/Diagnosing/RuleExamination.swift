import BoxClient
import ConfigurationFile
import RuleEngine

/// The rules that a watcher would load.
enum RuleExamination {
  static func findings(_ file: BoxwatchConfiguration) async -> [Finding] {
    let paths = file.ruleSets.isEmpty ? ["rules"] : file.ruleSets.flatMap(\.paths)
    let sources: [RuleSource]
    do {
      sources = try RuleArguments.sources(paths, withTests: true)
    } catch {
      guard file.ruleSets.isEmpty else { return [Finding("rules", failed: error)] }
      return [
        Finding(
          .warning, "rules", "there is no folder rules here",
          advice: "boxwatch init makes one with examples; boxwatch run takes rule files as arguments too.")
      ]
    }
    var options = RuleOptions(file)
    options.keepsTests = true
    let problems = await RuleChecker.check(sources, options: options)
    guard !problems.isEmpty else { return [Finding(.ok, "rules", Count.text(sources.count, "file", "in order"))] }
    return problems.map { problem in
      Finding(
        problem.severity == .error ? .failure : .warning, "rules", problem.plainText,
        advice: "boxwatch check lists all; boxwatch test runs the tests beside the rules.")
    }
  }
}
