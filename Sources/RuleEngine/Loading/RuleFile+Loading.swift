import BoxClient
import LuaHost

extension RuleFile {
  /// Runs the file once, which registers its rules; then its test files, if tests are kept.
  ///
  /// - Throws: ``RuleProblem`` with the line.
  func load() async throws(RuleProblemError) {
    do {
      let state = try makeState()
      self.state = state
      isLoading = true
      defer { isLoading = false }
      try await run(source.path, in: state)
      if options.keepsTests {
        for path in source.testPaths { try await run(path, in: state) }
      }
      indexHandlers()
    } catch let failure as LuaFailure {
      throw RuleProblemError(problem: problem(failure))
    } catch {
      throw RuleProblemError(problem: RuleProblem(file: source.path, line: 0, severity: .error, message: "\(error)"))
    }
  }

  /// - Parameter more: Lua of the product's own that runs behind the prelude.
  func makeState(more: String? = nil) throws -> LuaState {
    let state = try LuaState(limits: .init(memory: options.memory, pool: pool)) { [unowned self] call in
      self.assumeIsolated { $0.answer(call) }
    }
    for (number, function) in HostFunction.allCases.enumerated() {
      try state.define(function.rawValue, as: Int32(number))
    }
    try state.runPrelude("local host = ...\nhost.version = \"\(options.version)\"")
    try state.runPrelude(Prelude.text)
    if let more { try state.runPrelude(more) }
    try state.seal(seed: options.seed ?? UInt64.random(in: 0...UInt64.max))
    return state
  }

  private func run(_ path: String, in state: LuaState) async throws {
    let chunk = try state.load(try read(path), name: path)
    state.allowsNewGlobals = true
    defer { state.allowsNewGlobals = false }
    _ = try await state.call(chunk, cpu: options.load, wait: options.wait) { current = nil }
  }

  /// Reads a file that belongs to the script.
  func read(_ path: String) throws -> [UInt8] {
    let text = try FileSystem.read(path)
    textsRead[path] = text
    return text
  }

  /// When one of the files that were read to load this one was changed last; nil where the system does not say.
  public var changedAt: Timestamp? { textsRead.keys.compactMap { FileSystem.changedAt($0) }.max() }

  /// The files that were read to load this one and are others now, or gone.
  func changedTexts() -> [String] {
    textsRead.filter { path, text in (try? FileSystem.read(path)) != text }.keys.sorted()
  }

  /// A failure as a problem of the file, told at the line of the script.
  private func problem(_ failure: LuaFailure) -> RuleProblem {
    let files = [source.path] + source.testPaths
    let text =
      switch failure.kind {
      case .time: "loading took more than \(options.load.roundedText) of CPU time"
      case .memory: "loading needs more than \(options.memory >> 20) MiB of memory"
      default: failure.message
      }
    for file in files where text.hasPrefix(file + ":") { return RuleProblem(text, in: file) }
    if let location = failure.location {
      for file in files where location.hasPrefix(file + ":") { return RuleProblem("\(location): \(text)", in: file) }
    }
    return RuleProblem(text, in: source.path)
  }
}

/// A rule file that does not load.
public struct RuleProblemError: Error, Sendable, CustomStringConvertible {
  public let problem: RuleProblem
  public var description: String { problem.description }
}
