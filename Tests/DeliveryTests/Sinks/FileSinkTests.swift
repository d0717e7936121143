import Delivery
import Dispatch
import NIOPosix
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite("Files from the outbox")
struct FileSinkTests {
  /// What the ledger would hold of marks and of deliveries that are not done.
  final class Ledger: Sendable {
    private let marks = Mutex<[String: FileMark]>([:])
    private let records = Mutex(0)

    var all: [PathMark] { marks.withLock { $0.map { PathMark(path: $0.key, mark: $0.value) } } }
    var recordCount: Int { records.withLock { $0 } }

    @Sendable func record(_ marks: [PathMark]) async throws {
      records.withLock { $0 += 1 }
      take(marks)
    }

    func take(_ marks: [PathMark]) {
      self.marks.withLock { known in for mark in marks { known[mark.path] = mark.mark } }
    }
  }

  private func sink(_ scratch: Scratch, _ ledger: Ledger) -> FileSink {
    FileSink(output: scratch.output, marks: ledger.all, recordMarks: ledger.record)
  }

  private func append(
    _ id: Int64, _ text: String, _ path: String = "log", rotation: FileRotation? = nil, header: String? = nil
  ) -> OutboxItem {
    OutboxItem(
      id: id, key: "\(id)",
      payload: .append(
        path: path, bytes: Array(text.utf8), rotation: rotation, header: header.map { Array($0.utf8) }),
      createdAt: 0, due: 0)
  }

  /// Gives the sink the deliveries as the queue does, until all are done, with every answer reported.
  @discardableResult
  private func deliver(_ items: [OutboxItem], to sink: FileSink, _ ledger: Ledger) async -> [[DeliveryResult]] {
    var rest = items[...]
    var answers: [[DeliveryResult]] = []
    while !rest.isEmpty, answers.count < 100 {
      let answer = await sink.deliver(Array(rest))
      ledger.take(answer.marks)
      answers.append(answer.results)
      rest = rest.dropFirst(answer.results.count)
    }
    return answers
  }

  /// Runs a queue over what a ledger holds after a restart.
  private func restart(_ scratch: Scratch, _ ledger: Ledger, _ items: [OutboxItem]) async {
    let pending = TestLedger(items)
    let queue = OutboxQueue(
      name: "files", sink: sink(scratch, ledger), order: .inOrder(), restoredUpTo: items.last?.id ?? 0,
      clock: TestClock().clock, load: pending.load,
      report: { report in
        ledger.take(report.marks)
        try await pending.report(report)
      })
    let running = Task { await queue.run() }
    while pending.state.withLock({ !$0.pending.isEmpty }) { await Task.yield() }
    await queue.finish(within: .seconds(1))
    await running.value
    #expect(pending.delivered == items.map(\.id))
  }

  @Test("Look-ups of hosts that nobody answers hold up no file")
  func lookUpsHang() async throws {
    let scratch = try Scratch()
    let ledger = Ledger()
    let answer = DispatchSemaphore(value: 0)
    let hanging = (0..<64).map { _ in Task { try await NIOThreadPool.singleton.runIfActive { answer.wait() } } }
    // Nobody answers before the file is written, or for so long that it is clear that it never would be.
    let answering = Task {
      let isEarly = (try? await Task.sleep(for: .seconds(20))) == nil
      for _ in hanging { answer.signal() }
      return isEarly
    }
    await deliver([append(1, "one\n")], to: sink(scratch, ledger), ledger)
    answering.cancel()
    #expect(await answering.value, "the file waited for the look-ups")
    #expect(scratch.text("log") == "one\n")
    for task in hanging { try await task.value }
  }

  @Test("Successive appends to a file are one write, and its first mark is recorded before")
  func merged() async throws {
    let scratch = try Scratch()
    let ledger = Ledger()
    let items = [append(1, "a\n"), append(2, "b\n"), append(3, "c\n", "other"), append(4, "d\n")]
    let answers = await deliver(items, to: sink(scratch, ledger), ledger)
    #expect(answers == [[.delivered, .delivered, .delivered, .delivered]])
    #expect(scratch.text("log") == "a\nb\nd\n" && scratch.text("other") == "c\n")
    #expect(ledger.recordCount == 2)
    #expect(try ledger.all.first { $0.path == "log" }?.mark == scratch.mark("log"))
  }

  @Test("A crash at any byte of merged appends leaves each there once", arguments: [nil, "h\n"])
  func everyCut(_ header: String?) async throws {
    let texts = ["one\n", "", "two\n", "on", "one\n", "two\n"]
    for before in ["", "before\n"] {
      let expected = before + (before.isEmpty ? header ?? "" : "") + texts.joined()
      for cut in before.utf8.count...expected.utf8.count {
        let scratch = try Scratch()
        let ledger = Ledger()
        if !before.isEmpty { try scratch.append(before, "log") }
        ledger.take([PathMark(path: "log", mark: try scratch.mark("log"))])
        // The process got so far, and died before the ledger heard of it.
        if cut > before.utf8.count || !before.isEmpty {
          try scratch.append(String(expected.prefix(cut).dropFirst(before.utf8.count)), "log")
        }
        await restart(scratch, ledger, texts.enumerated().map { append(Int64($0 + 1), $1, header: header) })
        #expect(scratch.text("log") == expected, "cut at \(cut)")
      }
    }
  }

  @Test("A crash after any number of appends, over rotations, leaves each there once", arguments: 0...6)
  func rotations(_ done: Int) async throws {
    let rotation = try FileRotation(limit: 7, keep: 5)
    let items = (1...6).map { append(Int64($0), "\($0)\n", rotation: rotation, header: "h\n") }
    let scratch = try Scratch()
    let ledger = Ledger()
    try scratch.append("0\n", "log", rotation: rotation, header: "h\n")
    ledger.take([PathMark(path: "log", mark: try scratch.mark("log"))])
    // This ledger's marks are read, and no report of what is done reaches the one that the restart sees.
    let lost = Ledger()
    lost.take(ledger.all)
    await deliver(Array(items.prefix(done)), to: sink(scratch, lost), lost)
    await restart(scratch, ledger, items)
    #expect(["log.3", "log.2", "log.1", "log"].map(scratch.text) == ["h\n0\n1\n", "h\n2\n3\n", "h\n4\n5\n", "h\n6\n"])
  }

  @Test(
    "A crash before the ledger hears of more rotations than files are kept leaves each there once", arguments: [1, 2])
  func manyRotations(_ keep: Int) async throws {
    let rotation = try FileRotation(limit: 8, keep: keep)
    let letters = Array("abcdefghijklmnopqr").map { "\($0)\n" }
    for isNew in [false, true] {
      let scratch = try Scratch()
      let ledger = Ledger()
      let items = letters.enumerated().map { append(Int64($0 + 1), $1, rotation: rotation) }
      if !isNew { try scratch.append("0\n", "log", rotation: rotation) }
      let first = sink(scratch, ledger)
      // Its report never reaches the ledger.
      _ = await first.deliver(items)
      await restart(scratch, ledger, items)
      #expect(scratch.text("log") == (isNew ? "q\nr\n" : "p\nq\nr\n"))
      #expect(scratch.text("log.1") == (isNew ? "m\nn\no\np\n" : "l\nm\nn\no\n"))
    }
  }

  @Test("What others wrote since stays, and does not make ours twice")
  func others() async throws {
    let scratch = try Scratch()
    let ledger = Ledger()
    let first = sink(scratch, ledger)
    await deliver([append(1, "ours 1\n")], to: first, ledger)
    try scratch.append("theirs\n", "log")
    // Delivered, and its report lost.
    let answer = await first.deliver([append(2, "ours 2\n")])
    #expect(answer.results == [.delivered])
    await restart(scratch, ledger, [append(2, "ours 2\n"), append(3, "ours 3\n")])
    #expect(scratch.text("log") == "ours 1\ntheirs\nours 2\nours 3\n")
  }

  @Test("Where others wrote between two of ours, the first is in the ledger before the second is written")
  func betweenOurs() async throws {
    let scratch = try Scratch()
    let sink = FileSink(output: scratch.output, marks: []) { marks in
      // Recording the second file's mark takes a moment, in which somebody writes to the first.
      if marks.first?.path == "second" { try scratch.append("theirs\n", "first") }
    }
    let items = [append(1, "1\n", "first"), append(2, "2\n", "second"), append(3, "3\n", "first")]
    let answer = await sink.deliver(items)
    #expect(answer.results == [.delivered, .delivered])
    #expect(await sink.deliver([items[2]]).results == [.delivered])
    #expect(scratch.text("first") == "1\ntheirs\n3\n")
  }

  @Test("A new line that looks like one that others wrote is written all the same")
  func sameText() async throws {
    let scratch = try Scratch()
    let ledger = Ledger()
    await deliver([append(1, "a\n")], to: sink(scratch, ledger), ledger)
    try scratch.append("same\n", "log")
    let second = sink(scratch, ledger)
    await deliver([append(2, "same\n")], to: second, ledger)
    #expect(scratch.text("log") == "a\nsame\nsame\n")
  }

  @Test("A write replaces the file, and appends go on behind it after a restart")
  func write() async throws {
    let scratch = try Scratch()
    let ledger = Ledger()
    let write = OutboxItem(
      id: 2, key: "2", payload: .write(path: "log", bytes: Array("new\n".utf8)), createdAt: 0, due: 0)
    let first = sink(scratch, ledger)
    await deliver([append(1, "old\n"), write], to: first, ledger)
    _ = await first.deliver([append(3, "3\n")])
    await restart(scratch, ledger, [append(3, "3\n"), append(4, "4\n")])
    #expect(scratch.text("log") == "new\n3\n4\n")
  }

  @Test("What cannot be written is parked alone, and what passes holds the rest")
  func failures() async throws {
    let scratch = try Scratch()
    let ledger = Ledger()
    try scratch.put("", "target")
    try #require(symlink(scratch.inside("target"), scratch.inside("link")) == 0)
    let items = [append(1, "a", "../out"), append(2, "b", "link"), append(3, "c", "fine")]
    let results = await deliver(items, to: sink(scratch, ledger), ledger).flatMap { $0 }
    guard case .failedForGood(let path) = results[0], case .failedForGood(let link) = results[1] else {
      Issue.record("\(results)")
      return
    }
    #expect(path.contains("..") && link.contains("symbolic link") && results[2] == .delivered)
    #expect(scratch.text("target") == "" && scratch.text("fine") == "c")
  }

  @Test("A file that another program holds keeps back what goes into it, and nothing else")
  func locked() async throws {
    let scratch = try Scratch()
    let ledger = Ledger()
    try scratch.put("before ", "held")
    let other = open(scratch.inside("held"), O_RDWR)
    try #require(flock(other, LOCK_EX) == 0)
    let items = [append(1, "a", "held"), append(2, "b", "free"), append(3, "c", "held"), append(4, "d", "free")]
    let sink = sink(scratch, ledger)
    let results = await deliver(items, to: sink, ledger).flatMap { $0 }
    guard case .failedForNow = results[0] else {
      Issue.record("\(results)")
      return
    }
    #expect(results.dropFirst() == [.delivered, .cancelled, .delivered])
    #expect(scratch.text("free") == "bd" && scratch.text("held") == "before ")
    close(other)
    #expect(await deliver([items[0], items[2]], to: sink, ledger).flatMap { $0 } == [.delivered, .delivered])
    #expect(scratch.text("held") == "before ac")
  }

  @Test("Without a recorded mark nothing is appended")
  func unrecorded() async throws {
    struct Full: Error {}
    let scratch = try Scratch()
    let sink = FileSink(output: scratch.output, marks: [], recordMarks: { _ in throw Full() })
    let answer = await sink.deliver([append(1, "a"), append(2, "b")])
    guard case .failedForNow = answer.results.first, answer.results.dropFirst() == [.cancelled] else {
      Issue.record("\(answer)")
      return
    }
    #expect(scratch.text("log") == nil)
  }
}
