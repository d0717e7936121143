import Ledger
import LuaHost
import RuleEngine
import Synchronization

/// The prompt's end of a connection to a running watcher.
///
/// ```swift
/// let console = try await AttachedConsole.open(directory, prompt) { message in … }
/// let report = await console?.run("box.kv.get('seen')", name: "prompt", line: 1, form: .readable)
/// ```
public final class AttachedConsole: Sendable {
  public let attachment: AttachedMessage.Attachment
  private let lines: AsyncStream<[UInt8]>.Continuation
  private let path: String
  private let state = Mutex(State())

  private struct State {
    var lastID = 0
    var answers: [Int: CheckedContinuation<AttachedAnswer, any Error>] = [:]
    var isOver = false
  }

  /// Attaches a prompt to the watcher that runs on a directory.
  ///
  /// - Parameter take: gets what comes beside the answers: what is printed and logged, events; nil when the watcher has
  ///   gone.
  /// - Returns: nil when no watcher runs there.
  /// - Throws: ``ControlError``.
  public static func open(
    _ directory: StateDirectory, _ prompt: ControlRequest.Prompt,
    take: @escaping @Sendable (AttachedMessage?) -> Void
  ) async throws -> AttachedConsole? {
    let client = ControlClient(directory)
    guard let connection = try await client.connect() else { return nil }
    var request = ControlRequest(.attach)
    request.prompt = prompt
    let first: AttachedMessage
    let copy: CInt
    do {
      try await connection.write(try ControlCoding.encode(request), within: client.patience)
      guard let line = try await connection.line(longest: ControlAnswer.longest, within: client.patience) else {
        throw ControlError("\(client.path): the watcher ended before it answered", advice: "ask again")
      }
      first = try ControlCoding.decode(AttachedMessage.self, from: line)
      copy = try connection.duplicate()
    } catch let failure as LineConnection.Failure {
      if case .timedOut = failure { throw client.silent }
      throw ControlError("\(client.path): \(failure.text)", advice: "try again; the watcher's log may say more")
    } catch is DecodingError {
      throw ControlError(
        "\(client.path): the watcher's answer is not understood", advice: "use the version of boxwatch that runs there")
    }
    guard let attachment = first.attached else {
      throw ControlError(
        "\(client.path): no prompt is attached: \(first.error ?? "the watcher does not say why")",
        advice: "boxwatch status shows what runs there.")
    }
    let (lines, writing) = AsyncStream<[UInt8]>.makeStream()
    let console = AttachedConsole(attachment, writing, client.path)
    Task { await Self.write(lines, to: LineConnection(copy)) }
    Task { await console.read(connection, take) }
    return console
  }

  private init(
    _ attachment: AttachedMessage.Attachment, _ lines: AsyncStream<[UInt8]>.Continuation, _ path: String
  ) {
    self.attachment = attachment
    self.lines = lines
    self.path = path
  }

  /// Ends the connection; the watcher then frees what belongs to the prompt.
  public func close() { lines.finish() }

  // MARK: Asking

  /// What came of a request. Cancelling the task cancels it at the watcher.
  ///
  /// - Throws: ``ControlError`` where the watcher has gone, or says why there is no answer.
  public func ask(_ request: AttachedRequest) async throws -> AttachedAnswer {
    var request = request
    request.id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    let (id, line) = (request.id, try ControlCoding.encode(request))
    let answer = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { answer in
        let isOver = state.withLock { state in
          if !state.isOver { state.answers[id] = answer }
          return state.isOver
        }
        if isOver { answer.resume(throwing: gone) } else { lines.yield(line) }
      }
    } onCancel: {
      cancel(id)
    }
    if let reason = answer.failure { throw AttachedFailure(description: reason) }
    return answer
  }

  private func cancel(_ id: Int) {
    var request = AttachedRequest(.cancel)
    request.id = id
    if let line = try? ControlCoding.encode(request) { lines.yield(line) }
  }

  private var gone: ControlError {
    ControlError("\(path): the watcher has gone", advice: "boxwatch status shows whether one runs.")
  }

  // MARK: The connection

  private static func write(_ lines: AsyncStream<[UInt8]>, to connection: sending LineConnection) async {
    // Whatever ends it: the reader, on another descriptor, must hear of the end too.
    defer { connection.shutDown() }
    for await line in lines where await !connection.take(line, within: .seconds(60)) { return }
  }

  private func read(
    _ connection: LineConnection, _ take: @Sendable (AttachedMessage?) -> Void
  ) async {
    while let line = await connection.nextLine(longest: ControlAnswer.longest) {
      guard let message = try? ControlCoding.decode(AttachedMessage.self, from: line) else { break }
      if let answer = message.answer {
        state.withLock { $0.answers.removeValue(forKey: answer.id) }?.resume(returning: answer)
      } else {
        take(message)
      }
    }
    let waiting = state.withLock { state in
      state.isOver = true
      defer { state.answers = [:] }
      return state.answers.values
    }
    for answer in waiting { answer.resume(throwing: gone) }
    take(nil)
  }
}

/// Why the watcher did not answer a prompt's request, in its own words.
public struct AttachedFailure: Error, Sendable, CustomStringConvertible {
  public let description: String
}
