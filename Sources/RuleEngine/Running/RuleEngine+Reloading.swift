import BoxClient
import LuaHost

extension RuleEngine {
  /// What a reload has done.
  public struct Reload: Sendable {
    public var added: [RuleFile] = []
    public var changed: [Change] = []
    public var removed: [String] = []
    /// What was not taken.
    public var refused: [Refusal] = []
    /// Why a changed or new file was not taken: the generation before it goes on. And what it was warned of.
    public var problems: [RuleProblem] = []
    /// What the files did that left (`on_stop`) and came (`on_start`), in that order.
    public var results: [FileResult] = []

    /// A new generation in the place of another.
    public struct Change: Sendable {
      public let file: RuleFile
      /// 2 for the first that took another's place.
      public let generation: Int
      /// The files whose texts differ: the rule file, or modules of it.
      public let texts: [String]

      public var source: RuleSource { file.source }
    }

    /// A rule file that was not taken. Two are equal where the same texts were refused for the same reasons.
    public struct Refusal: Sendable, Equatable {
      public let path: String
      /// The generation that goes on; nil where none of it runs.
      public let running: Int?
      /// Why, and what else was said of it: part of ``Reload/problems``.
      public let problems: [RuleProblem]
      /// The files that were read, and those of its tests.
      let texts: [String: [UInt8]]
    }

    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty && problems.isEmpty }
  }

  /// Takes up changed, new and missing rule files. A new generation takes the place of the one before it only if it
  /// loads and its tests pass; then it goes on with what that remembers. Between two pages.
  ///
  /// - Parameters:
  ///   - startsFiles: whether new generations start here, which waits for what their `on_start` waits for.
  ///   - leaving: called before a generation ends, so that whoever works with it stops.
  ///   - remembering: what a file of a new namespace remembers. Where it throws nothing has changed.
  public func reload(
    _ sources: [RuleSource], startsFiles: Bool = true, leaving: (RuleFile) async -> Void = { _ in },
    remembering: (String) async throws -> RememberedState
  ) async rethrows -> Reload {
    var report = Reload()
    let swaps = await swaps(sources, &report)
    do {
      try await carryOut(swaps, startsFiles, leaving, remembering, &report)
    } catch {
      for swap in swaps { await swap.new?.close() }
      throw error
    }
    return report
  }

  /// What becomes of one file.
  private struct Swap {
    let old: RuleFile?
    let new: RuleFile?
    let namespace: String
    /// Why there is a new one.
    var texts: [String] = []

    var path: String { (new ?? old)?.source.path ?? "" }
  }

  /// Loads what has changed. What does not load leaves the generation before it.
  private func swaps(_ sources: [RuleSource], _ report: inout Reload) async -> [Swap] {
    var swaps: [Swap] = []
    for (place, source) in sources.enumerated() {
      let old = files.first { $0.source.path == source.path }
      var new: RuleFile?
      let texts = await old?.changedTexts() ?? []
      if old?.source != source || !texts.isEmpty {
        new = await generation(of: source, on: place, running: await old?.generation, &report)
      }
      guard let namespace = (new ?? old)?.namespace else { continue }
      swaps.append(Swap(old: old, new: new, namespace: namespace, texts: texts))
    }
    while let (place, other) = Self.firstCollision(swaps) {
      let swap = swaps[place]
      let problem = Self.collision(of: swap.path, with: other, swap.namespace)
      report.problems.append(problem)
      report.refused.append(
        .init(
          path: swap.path, running: await swap.old?.generation, problems: [problem],
          texts: await swap.new?.textsRead ?? [:]))
      await swap.new?.close()
      if let old = swap.old {
        swaps[place] = Swap(old: old, new: nil, namespace: old.namespace)
      } else {
        swaps.remove(at: place)
      }
    }
    return swaps
  }

  /// The first new generation whose namespace a file has that stays as it is, or another new one before it.
  private static func firstCollision(_ swaps: [Swap]) -> (place: Int, other: String)? {
    var taken: [String: String] = [:]
    for swap in swaps where swap.new == nil { taken[swap.namespace] = swap.path }
    for (place, swap) in swaps.enumerated() where swap.new != nil {
      if let other = taken[swap.namespace] { return (place, other) }
      taken[swap.namespace] = swap.path
    }
    return nil
  }

  private func carryOut(
    _ swaps: [Swap], _ startsFiles: Bool, _ leaving: (RuleFile) async -> Void,
    _ remembering: (String) async throws -> RememberedState, _ report: inout Reload
  ) async rethrows {
    let staying = swaps.compactMap { $0.new == nil ? $0.old : nil }
    let ending = files.filter { old in !staying.contains { $0 === old } }
    let names = ending.map(\.namespace)
    // Asked before anything ends: a ledger that cannot be read must leave the rules as they are.
    var remembered: [String: RememberedState] = [:]
    for swap in swaps where swap.new != nil && !names.contains(swap.namespace) {
      remembered[swap.namespace] = try await remembering(swap.namespace)
    }
    for (file, namespace) in zip(ending, names) {
      await leaving(file)
      let (result, state) = await file.retire()
      report.results.append(FileResult(file: file, result: result))
      remembered[namespace] = state
    }
    for swap in swaps {
      guard let new = swap.new else { continue }
      if let state = remembered[swap.namespace] { await new.adopt(state) }
      if let old = swap.old {
        let generation = await old.generation + 1
        await new.follow(generation)
        report.changed.append(.init(file: new, generation: generation, texts: swap.texts))
      } else {
        report.added.append(new)
      }
      if startsFiles { report.results.append(FileResult(file: new, result: await new.start())) }
    }
    report.removed = ending.map(\.source.path).filter { path in
      !swaps.contains { ($0.new ?? $0.old)?.source.path == path }
    }
    replace(swaps.compactMap { $0.new ?? $0.old })
    for file in ending { await file.close() }
  }

  /// Loads a file and runs its tests; nil, and a refusal in the report, where one of them fails, or where the text of a
  /// file that runs is gone.
  ///
  /// - Parameter running: the generation that goes on then.
  private func generation(
    of source: RuleSource, on place: Int, running: Int?, _ report: inout Reload
  ) async -> RuleFile? {
    var (new, problems, texts) = await load(source, on: place)
    if let loaded = new {
      let isEmptied = running != nil && texts[source.path]?.allSatisfy { $0 <= UInt8(ascii: " ") } == true
      // An editor or an upload may have emptied it to write it anew: events that come meanwhile would find no rule.
      let failures = isEmptied ? [Self.emptied(source)] : await testFailures(of: source)
      if !failures.isEmpty {
        problems += failures
        for path in source.testPaths { texts[path] = try? FileSystem.read(path) }
        await loaded.close()
        new = nil
      }
    }
    report.problems += problems
    if new == nil {
      report.refused.append(.init(path: source.path, running: running, problems: problems, texts: texts))
    }
    return new
  }

  private static func emptied(_ source: RuleSource) -> RuleProblem {
    RuleProblem(
      file: source.path, line: 0, severity: .error, message: "the file is empty; its rules end when it is deleted")
  }

  private func testFailures(of source: RuleSource) async -> [RuleProblem] {
    var testing = options
    testing.keepsTests = true
    let results = await RuleTests.run(source, options: testing, settings: .init(seed: 0))
    return results.flatMap(\.failures).map {
      RuleProblem(file: $0.file, line: $0.line, severity: .error, message: "its tests fail: \($0.message)")
    }
  }
}
