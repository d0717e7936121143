import RuleEngine

/// The connection of an attached prompt: requests one after the other, a cancellation at any time, messages as they come.
struct AttachedConnection: Sendable {
  let prompt: AttachedPrompt
  let output: AttachedOutput

  /// For a line to be taken by a prompt that was stopped, say.
  private static let patience = Duration.seconds(600)

  /// Returns when the prompt has gone, and what it ran has ended.
  func serve(_ connection: LineConnection) async {
    guard let copy = try? connection.duplicate() else { return }
    let requests = WaitingRequests()
    output.send(AttachedMessage(attached: prompt.attachment))
    let writing = Task { await write(to: LineConnection(copy)) }
    let working = RunningRequest()
    let answering = Task { await answer(requests, working) }
    await withTaskCancellationHandler {
      await read(connection, requests, working)
    } onCancel: {
      working.cancel(.max)
    }
    requests.finish()
    answering.cancel()
    working.cancel(.max)
    await answering.value
    output.close()
    // What a prompt that has gone does not take must not keep its place.
    writing.cancel()
    await writing.value
  }

  private func read(
    _ connection: LineConnection, _ requests: WaitingRequests, _ working: RunningRequest
  ) async {
    while let line = await connection.nextLine(longest: AttachedRequest.longest) {
      guard let request = try? ControlCoding.decode(AttachedRequest.self, from: line) else { return }
      guard request.action != .cancel else {
        working.cancel(request.id)
        continue
      }
      guard requests.add(request, bytes: line.count) else { return }
    }
  }

  /// Answers one request after the other, each when the prompt has taken the answer before it: an answer may be large.
  private func answer(_ requests: WaitingRequests, _ working: RunningRequest) async {
    while let request = await requests.next() {
      let prompt = prompt
      let answer = await working.run(request.id) { await prompt.answer(request) }
      await output.deliver(AttachedMessage(answer: answer))
    }
  }

  /// Returns when nothing more comes, or the prompt takes no more.
  private func write(to connection: sending LineConnection) async {
    while true {
      let lines = await output.next()
      guard !lines.isEmpty else { return }
      for line in lines {
        guard await connection.take(line, within: Self.patience) else { return output.close() }
        output.taken(line)
      }
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
