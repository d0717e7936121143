import BoxClient
import Foundation
import Ledger
import LuaHost
import RuleEngine
import Synchronization
import Testing

@testable import Watcher

@Suite("A prompt attached to a running watcher", .timeLimit(.minutes(2)))
struct AttachingTests {
  private static let upload = #"{"event_id":"e1","event_type":"ITEM_UPLOAD","source":{"name":"a.pdf"}}"#
  private static let counting = """
    box.on('upload', function(event)
      box.kv.incr('n')
      box.window('w', '1h'):add('k')
      box.once('first', '24h')
      box.kv.shared.set('who', event.event_id)
    end)
    """

  /// Watches one event with the rule `a`, then hands over what a prompt connects to.
  private static func watching(
    _ rule: String = counting, _ body: @escaping (WatchedAccount, Watcher, StateDirectory) async throws -> Void
  ) async throws {
    try await WatchedAccount.with { account in
      try account.rule("a", rule)
      let directory = try StateDirectory.make(account.folder + "/state")
      try await account.watching { watcher in
        _ = try account.simulator.append([upload])
        try await eventually("the event") { watcher.current?.streams.first?.status.events == 1 }
        try await body(account, watcher, directory)
      }
    }
  }

  private static func attached(
    _ directory: StateDirectory, rules: String? = "a", allowWrite: Bool = false,
    _ body: (AttachedConsole, Told) async throws -> Void
  ) async throws {
    let told = Told()
    let prompt = ControlRequest.Prompt(rules: rules, allowWrite: allowWrite)
    let console = try #require(try await AttachedConsole.open(directory, prompt) { told.take($0) })
    defer { console.close() }
    try await body(console, told)
  }

  @Test("reads what a rule file remembers, and what all share")
  func reads() async throws {
    try await Self.watching { account, _, directory in
      try await Self.attached(directory) { console, told in
        #expect(console.attachment.namespace == "a")
        #expect(await console.values("box.kv.get('n')", "box.kv.shared.get('who')") == ["1", "\"e1\""])
        #expect(await console.values("box.window('w', '1h'):count('k')", "box.once('first', '24h')") == ["1", "false"])
        #expect(await console.values("print('x', 1)", "kept = 7", "kept") == ["7"])
        #expect(told.printed == ["x\t1"])
        _ = try account.simulator.append([#"{"event_id":"e2","event_type":"ITEM_UPLOAD"}"#])
        try await eventually("what the next event changes") { await console.values("box.kv.get('n')") == ["2"] }
      }
    }
  }

  @Test("a rule file is named by its path too, and one that is not there is an error that names those that are")
  func naming() async throws {
    try await Self.watching { account, _, directory in
      try await Self.attached(directory, rules: account.folder + "/rules/a.lua") { console, _ in
        #expect(await console.values("box.kv.get('n')") == ["1"])
      }
      let error = await #expect(throws: ControlError.self) {
        try await Self.attached(directory, rules: "b") { _, _ in }
      }
      #expect(error?.message.contains("rules/a.lua (a)") == true)
    }
  }

  @Test("changes nothing, and tells what it would have")
  func changesNothing() async throws {
    try await Self.watching { account, _, directory in
      try await Self.attached(directory) { console, _ in
        let report = await console.run(
          "box.kv.set('n', 99); box.kv.shared.set('s', 1); box.alert('look'); box.file.append('a.txt', 'x'); return box.kv.get('n')"
        )
        #expect(report.failure == nil)
        #expect(report.text == ["99"])
        let told = report.remarks.map(\.text)
        #expect(told.contains("not kept: kv n = 99"))
        #expect(told.contains("not kept: kv.shared s = 1"))
        #expect(told.contains("not done: append 1 byte to a.txt"))
        #expect(told.contains("not done: alert, info: look [a]"))
        #expect(await console.values("box.kv.get('n')", "box.kv.shared.get('s')") == ["1", "nil"])
        let refused = await console.run("box.on('upload', function() end)")
        #expect(refused.failure?.message.contains("attached") == true)
      }
      #expect(account.output("alerts.jsonl") == "")
      #expect(account.output("a.txt") == "")
    }
  }

  @Test("may write where it was allowed to: the rule goes on with it, effects are delivered, and it stays")
  func writes() async throws {
    try await Self.watching(
      """
      box.on('upload', function(event)
        box.file.append('n.txt', box.kv.incr('n') .. ' ' .. tostring(box.kv.shared.get('s')) .. '\\n')
      end)
      """
    ) { account, watcher, directory in
      try await Self.attached(directory, allowWrite: true) { console, _ in
        let report = await console.run("box.kv.incr('n', 41); box.kv.shared.set('s', 5); box.file.append('a.txt', 'x')")
        #expect(report.failure == nil)
        #expect(
          report.remarks.map(\.text) == ["done: append 1 byte to a.txt", "kept: kv n = 42", "kept: kv.shared s = 5"])
        _ = try account.simulator.append([#"{"event_id":"e2","event_type":"ITEM_UPLOAD"}"#])
        try await eventually("the next event") { account.output("n.txt") == "1 nil\n43 5\n" }
        try await eventually("the prompt's own effect") { account.output("a.txt") == "x" }
        #expect(await console.values("box.kv.get('n')") == ["43"])
      }
      let cells = try await #require(watcher.current).ledger.stateCells(of: "a")
      #expect(cells.map(\.part) == [.keyValue])
    }
  }

  @Test("windows and once are written as a handler writes them")
  func writesParts() async throws {
    try await Self.watching { _, _, directory in
      try await Self.attached(directory, allowWrite: true) { console, _ in
        let report = await console.run(
          "box.window('w', '1h'):add('k', 'v'); box.once('second', '1h'); box.kv.delete('n')")
        #expect(report.failure == nil)
        #expect(await console.values("box.window('w', '1h'):count('k')") == ["2"])
        #expect(await console.values("box.once('second', '1h')") == ["false"])
        #expect(await console.values("box.kv.get('n')") == ["nil"])
      }
      // The rule's own memory is what the next prompt reads.
      try await Self.attached(directory) { console, _ in
        #expect(await console.values("box.window('w', '1h'):distinct('k')") == ["1"])
      }
    }
  }

  @Test("without a rule file it remembers under its own name")
  func withoutFile() async throws {
    try await Self.watching { _, _, directory in
      try await Self.attached(directory, rules: nil, allowWrite: true) { console, _ in
        #expect(await console.values("box.kv.get('n')", "box.kv.incr('mine')") == ["nil", "1"])
      }
      try await Self.attached(directory, rules: nil) { console, _ in
        #expect(await console.values("box.kv.get('mine')") == ["1"])
      }
    }
  }

  @Test(
    "of two prompts without a rule file that count at the same time each counts, or is refused",
    arguments: [
      ("box.kv.incr('n')", "box.kv.get('n')"), ("box.kv.shared.incr('n')", "box.kv.shared.get('n')"),
      ("box.kv.shared.set('n', box.kv.shared.get('n', 0) + 1)", "box.kv.shared.get('n')"),
      ("box.window('w', '1h'):add('k')", "box.window('w', '1h'):count('k')"),
    ])
  func counting(_ chunk: String, _ count: String) async throws {
    try await Self.watching { _, _, directory in
      try await Self.attached(directory, rules: nil, allowWrite: true) { one, told in
        try await Self.attached(directory, rules: nil, allowWrite: true) { other, _ in
          let slow = Task { await one.run("\(chunk) print('in') box.sleep('1s')") }
          try await eventually("the first prompt's chunk") { told.printed == ["in"] }
          let reports = [await other.run(chunk), await slow.value]
          let failures = reports.compactMap(\.failure?.message)
          #expect(failures.allSatisfy { $0.contains("changed meanwhile") && $0.contains("run it again") })
          #expect(await other.values(count) == ["\(2 - failures.count)"])
          // Who was refused runs it again.
          if !failures.isEmpty { #expect(await one.run(chunk).failure == nil) }
          #expect(await one.values(count) == ["2"])
        }
      }
    }
  }

  @Test("a prompt that asks and never reads makes the watcher hold one answer; one that reads later gets them all")
  func unreadAnswers() async throws {
    try await Self.watching { _, _, directory in
      let requests = 20
      let connection = try #require(try await ControlClient(directory).connect())
      var attaching = ControlRequest(.attach)
      attaching.prompt = .init(rules: "a", allowWrite: true)
      try await connection.write(try ControlCoding.encode(attaching), within: .seconds(10))
      for id in 1...requests {
        let chunk = AttachedRequest.Chunk(
          text: "box.kv.shared.incr('asked') return ('x'):rep(4 << 20)", name: "prompt", line: 1, form: "text")
        var request = AttachedRequest(.run, chunk: chunk)
        request.id = id
        try await connection.write(try ControlCoding.encode(request), within: .seconds(10))
      }
      try await Self.attached(directory) { console, _ in
        try await eventually("the first answer") { await console.values("box.kv.shared.get('asked')") == ["1"] }
        _ = await console.run("box.sleep('500ms')")
        #expect(await console.values("box.kv.shared.get('asked')") == ["1"])
      }
      _ = try await connection.line(longest: ControlAnswer.longest, within: .seconds(10))
      for id in 1...requests {
        let line = try await connection.line(longest: ControlAnswer.longest, within: .seconds(30))
        let answer = try ControlCoding.decode(AttachedMessage.self, from: try #require(line)).answer
        #expect(answer?.id == id)
        #expect(answer?.report?.values.first?.data.count == 4 << 20)
      }
    }
  }

  @Test("requests that wait are so many, and so many bytes")
  func waitingRequests() async throws {
    let many = WaitingRequests()
    let request = AttachedRequest(.names)
    #expect((1...32).allSatisfy { _ in many.add(request, bytes: 1) })
    #expect(!many.add(request, bytes: 1))
    _ = await many.next()
    #expect(many.add(request, bytes: 1))
    let long = WaitingRequests()
    #expect(long.add(request, bytes: AttachedRequest.longest))
    #expect(!long.add(request, bytes: 1))
    _ = await long.next()
    #expect(long.add(request, bytes: 1))
  }

  @Test("what a chunk changed waits for a busy rule file no longer than until the watcher ends")
  func endingWhileWaiting() async throws {
    let rule = """
      box.on('upload', function(event) if event.event_id == 'slow' then print('slow') box.sleep('30s') end end)
      """
    try await WatchedAccount.with { account in
      try account.rule("a", rule)
      let directory = try StateDirectory.make(account.folder + "/state")
      let told = Told()
      let failure = Mutex<Task<ChunkReport.Failure?, Never>?>(nil)
      try await account.watching { watcher in
        _ = try account.simulator.append([#"{"event_id":"slow","event_type":"ITEM_UPLOAD"}"#])
        try await eventually("the rule") { account.log.contains("slow") }
        let prompt = ControlRequest.Prompt(rules: "a", allowWrite: true)
        let console = try #require(try await AttachedConsole.open(directory, prompt) { told.take($0) })
        let running = Task { await console.run("print('in') box.kv.set('n', 1)").failure }
        failure.withLock { $0 = running }
        try await eventually("the chunk") { told.printed == ["in"] }
      }
      let running = try #require(failure.withLock { $0 })
      // Without that, it would be told as busy, after fifteen seconds.
      #expect(await running.value?.message == "cancelled; nothing was changed")
    }
  }

  @Test("a chunk that computes or waits is cancelled over the socket, and delays no rule")
  func cancelling() async throws {
    try await Self.watching { account, _, directory in
      try await Self.attached(directory) { console, told in
        for chunk in ["print('in') while true do end", "print('in') box.sleep('1h')", "while true do print('in') end"] {
          let before = told.printed.count
          let running = Task { await console.run(chunk) }
          try await eventually("the chunk") { told.printed.count > before }
          let id = "during \(before)"
          _ = try account.simulator.append([#"{"event_id":"\#(id)","event_type":"ITEM_UPLOAD"}"#])
          try await Self.attached(directory) { other, _ in
            try await eventually("a rule beside it") {
              await other.values("box.kv.shared.get('who')") == ["\"\(id)\""]
            }
          }
          running.cancel()
          #expect(await running.value.failure?.kind == "cancelled")
        }
        #expect(await console.values("6 * 7") == ["42"])
      }
    }
  }

  @Test("a connection that ends frees everything, whatever ran there")
  func freeing() async throws {
    try await Self.watching { _, _, directory in
      for _ in 1...3 {
        // As many as there may be, each busy.
        var consoles: [AttachedConsole] = []
        for _ in 1...AttachedPrompts.most {
          let told = Told()
          try await eventually("a place") {
            guard let console = try? await AttachedConsole.open(directory, .init(rules: "a"), take: { told.take($0) })
            else {
              return false
            }
            consoles.append(console)
            return true
          }
          let console = try #require(consoles.last)
          Task { _ = await console.run("print('in') while true do end") }
          try await eventually("the chunk") { told.printed == ["in"] }
        }
        await #expect(throws: ControlError.self) {
          _ = try await AttachedConsole.open(directory, .init(), take: { _ in })
        }
        // Status is answered beside them.
        guard case .status = try await ControlClient(directory).ask(ControlRequest(.status)) else {
          Issue.record("no status")
          return
        }
        for console in consoles { console.close() }
      }
    }
  }

  @Test("the watcher's end is told, and it ends although a chunk runs")
  func watcherEnds() async throws {
    let kept = Mutex<AttachedConsole?>(nil)
    let told = Told()
    try await Self.watching { _, _, directory in
      let console = try #require(try await AttachedConsole.open(directory, .init(rules: "a")) { told.take($0) })
      kept.withLock { $0 = console }
      Task { _ = await console.run("print('in') while true do end") }
      try await eventually("the chunk") { told.printed == ["in"] }
    }
    try await eventually("the end") { told.isOver }
    let console = try #require(kept.withLock { $0 })
    #expect(await console.run("1").failure?.message.contains("has gone") == true)
  }

  @Test("events that came, and what the rules make of them, are shown")
  func explaining() async throws {
    try await Self.watching(
      "box.on('upload', { ['source.name'] = 'a.pdf' }, function() box.alert('seen'); box.kv.incr('n') end)"
    ) {
      account, _, directory in
      try await Self.attached(directory) { console, _ in
        _ = try account.simulator.append([#"{"event_id":"e2","event_type":"ITEM_UPLOAD","source":{"name":"b"}}"#])
        try await eventually("the event") { try await console.events(1).texts.contains { $0.contains("e2") } }
        let differs = try #require(try await console.explain("e2"))
        #expect(differs.handlers.map(\.verdict) == [.differs])
        #expect(differs.handlers.first?.reason == #"where source.name: it is "b", wanted "a.pdf""#)
        // One that came before: Box still has it.
        let matches = try #require(try await console.explain("e1"))
        #expect(matches.handlers.first?.effects == ["alert, info: seen [a]", "kv n = 2"])
        #expect(await console.values("box.kv.get('n')") == ["1"])
        await #expect(throws: AttachedFailure.self) { _ = try await console.explain("nosuch") }
        #expect(try await console.rules() == ["handler  a/upload#1"])
        #expect(await console.names().fields.contains("source.name"))
      }
      #expect(account.lines("alerts.jsonl").count == 1)
    }
  }

  @Test("an event that a rule gave up is found in the ledger")
  func parked() async throws {
    try await Self.watching("box.on('upload', function() error('broken') end)") { account, watcher, directory in
      try await eventually("the parked event") {
        try await watcher.current?.ledger.parkedEvents(limit: 1).count == 1
      }
      account.simulator.reset()
      try await Self.attached(directory) { console, _ in
        let answer = try #require(try await console.explain("e1"))
        #expect(answer.handlers.map(\.verdict) == [.fails])
        #expect(answer.handlers.first?.reason?.contains("broken") == true)
      }
    }
  }

  @Test("memory is capped, and the state goes on")
  func memory() async throws {
    try await Self.watching { _, _, directory in
      try await Self.attached(directory) { console, _ in
        let report = await console.run("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end")
        #expect(report.failure?.kind == "memory")
        #expect(await console.values("1 + 1") == ["2"])
        let long = await console.run("('x'):rep(20 * 1024 * 1024)", name: "prompt", line: 1, form: .text)
        #expect(long.values.first?.bytes.count == 16 << 20)
        #expect(long.remarks.map(\.text) == ["a value of \(20 << 20) bytes is cut after \(16 << 20)"])
        #expect(long.failure == nil)
      }
    }
  }
}

/// What the watcher told beside its answers.
private final class Told: Sendable {
  private let state = Mutex<(printed: [String], isOver: Bool)>(([], false))

  var printed: [String] { state.withLock { $0.printed } }
  var isOver: Bool { state.withLock { $0.isOver } }

  func take(_ message: AttachedMessage?) {
    state.withLock { state in
      guard let message else {
        state.isOver = true
        return
      }
      if let printed = message.printed { state.printed.append(printed) }
    }
  }
}

extension ChunkReport {
  fileprivate var text: [String] { values.map { String(decoding: $0.bytes, as: UTF8.self) } }
}

extension AttachedConsole {
  fileprivate func run(_ text: String) async -> ChunkReport {
    await run(text, name: "prompt", line: 1, form: .readable)
  }

  /// The values of chunks, or why there are none.
  fileprivate func values(_ texts: String...) async -> [String] {
    var values: [String] = []
    for text in texts {
      let report = await run(text)
      values += report.text
      if let failure = report.failure { values.append(failure.message) }
    }
    return values
  }
}
