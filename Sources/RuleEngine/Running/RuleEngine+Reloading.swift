import BoxClient
import LuaHost

extension RuleEngine {
  /// What a reload has done.
  public struct Reload: Sendable {
    public var added: [RuleFile] = []
    public var changed: [RuleFile] = []
    public var removed: [String] = []
    /// Why a changed or new file was not taken: the generation before it goes on.
    public var problems: [RuleProblem] = []
    /// What the files did that left (`on_stop`) and came (`on_start`), in that order.
    public var results: [FileResult] = []

    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty && problems.isEmpty }
  }

  /// Takes up changed, new and missing rule files. A new generation takes the place of the one before it only if it
  /// loads and its tests pass; then it goes on with what that remembers. Between two pages.
  ///
  /// - Parameters:
  ///   - leaving: called before a generation ends, so that whoever works with it stops.
  ///   - remembering: what a file that is new here remembers, by its namespace.
  public func reload(
    _ sources: [RuleSource], leaving: (RuleFile) async -> Void = { _ in },
    remembering: (String) async throws -> RememberedState
  ) async rethrows -> Reload {
    var report = Reload()
    var next: [RuleFile] = []
    for (place, source) in sources.enumerated() {
      let old = files.first { $0.source.path == source.path }
      if let old, old.source == source, await !old.hasChanged() {
        next.append(old)
        continue
      }
      guard let new = await generation(of: source, on: place, &report) else {
        if let old { next.append(old) }
        continue
      }
      if let old {
        await leaving(old)
        let (result, remembered) = await old.retire()
        report.results.append(FileResult(file: old, result: result))
        await new.adopt(remembered)
        report.changed.append(new)
      } else {
        await new.adopt(try await remembering(await new.namespace))
        report.added.append(new)
      }
      next.append(new)
      report.results.append(FileResult(file: new, result: await new.start()))
    }
    let kept = next
    let left = files.filter { old in !kept.contains { $0 === old } }
    for old in left where !sources.contains(where: { $0.path == old.source.path }) {
      await leaving(old)
      let (result, _) = await old.retire()
      report.results.append(FileResult(file: old, result: result))
      report.removed.append(old.source.path)
    }
    replace(next)
    for old in left { await old.close() }
    return report
  }

  private func generation(of source: RuleSource, on place: Int, _ report: inout Reload) async -> RuleFile? {
    let (new, problems) = await load(source, on: place)
    report.problems += problems
    guard let new else { return nil }
    var testing = options
    testing.keepsTests = true
    let results = await RuleTests.run(source, options: testing, settings: .init(seed: 0))
    let failures = results.flatMap(\.failures)
    guard failures.isEmpty else {
      report.problems += failures.map {
        RuleProblem(file: $0.file, line: $0.line, severity: .error, message: "its tests fail: \($0.message)")
      }
      await new.close()
      return nil
    }
    return new
  }
}
