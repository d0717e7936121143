import RuleEngine

/// The connection of an attached prompt: requests one after the other, a cancellation at any time, messages as they come.
struct AttachedConnection: Sendable {
  let prompt: AttachedPrompt
  let output: AttachedOutput

  /// For a line to be taken by a prompt that was stopped, say.
  private static let patience = Duration.seconds(600)
  /// Requests that wait behind the one that is being answered.
  private static let mostWaiting = 32

  /// Returns when the prompt has gone, and what it ran has ended.
  func serve(_ connection: LineConnection) async {
    guard let copy = try? connection.duplicate() else { return }
    let (requests, queue) = AsyncStream<AttachedRequest>.makeStream(
      bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    output.send(AttachedMessage(attached: prompt.attachment))
    let writing = Task { await write(to: LineConnection(copy)) }
    let working = RunningRequest()
    let answering = Task { await answer(requests, working) }
    await withTaskCancellationHandler {
      await read(connection, queue, working)
    } onCancel: {
      working.cancel(.max)
    }
    queue.finish()
    answering.cancel()
    working.cancel(.max)
    await answering.value
    output.close()
    // What a prompt that has gone does not take must not keep its place.
    writing.cancel()
    await writing.value
  }

  private func read(
    _ connection: LineConnection, _ queue: AsyncStream<AttachedRequest>.Continuation, _ working: RunningRequest
  ) async {
    while let line = await connection.nextLine(longest: AttachedRequest.longest) {
      guard let request = try? ControlCoding.decode(AttachedRequest.self, from: line) else { return }
      guard request.action != .cancel else {
        working.cancel(request.id)
        continue
      }
      guard case .enqueued = queue.yield(request) else { return }
    }
  }

  private func answer(_ requests: AsyncStream<AttachedRequest>, _ working: RunningRequest) async {
    for await request in requests {
      let prompt = prompt
      let answer = await working.run(request.id) { await prompt.answer(request) }
      output.send(AttachedMessage(answer: answer))
    }
  }

  /// Returns when nothing more comes, or the prompt takes no more.
  private func write(to connection: sending LineConnection) async {
    while true {
      let lines = await output.next()
      guard !lines.isEmpty else { return }
      for line in lines where await !connection.take(line, within: Self.patience) { return output.close() }
    }
  }
}

extension LineConnection {
  /// The next line, however long it takes; nil when there is none any more.
  func nextLine(longest: Int) async -> [UInt8]? {
    do {
      return try await line(longest: longest, within: nil)
    } catch {
      return nil
    }
  }

  /// Whether the other side took the line in that time.
  func take(_ line: [UInt8], within time: Duration) async -> Bool {
    do {
      try await write(line, within: time)
      return true
    } catch {
      return false
    }
  }
}
