import BoxClient
import LuaHost
import Testing

@testable import RuleEngine

@Suite("Chunks at a prompt", .timeLimit(.minutes(1)))
struct TypedChunkTests {
  @Test("a rule with a threshold can be typed, and typed again")
  func threshold() async throws {
    try await TypedChunks.run { chunks in
      for count in [2, 1] {
        let result = await chunks.run(
          "box.rule { id = 'r', on = '*', threshold = { count = \(count), within = '5m' }, title = 'hit' }")
        #expect(result.failure == nil)
      }
      let event = try chunks.event(#"{"event_id":"1","event_type":"UPLOAD"}"#)
      let outcomes = await chunks.console.handle(event, fresh: [0], stream: "s")
      #expect(outcomes.flatMap(\.effects).count == 1)
    }
  }

  @Test("what a file says to its tests is no mistake at a prompt")
  func tests() async throws {
    try await TypedChunks.run { chunks in
      let result = await chunks.run("box.test('works', function(t) t:send({ event_type = 'UPLOAD' }) end)")
      #expect(result.failure == nil)
    }
  }

  @Test("a chunk behind a handler that waits says for whom it waits, and cancelling it cancels both")
  func waiting() async throws {
    try await TypedChunks.run { chunks in
      await chunks.run("box.on('*', function() print('in'); box.sleep('1h') end, { name = 'slow' })")
      let event = try chunks.event(#"{"event_id":"1","event_type":"UPLOAD"}"#)
      let console = chunks.console
      let handling = Task { await console.handle(event, fresh: [0], stream: "s") }
      while chunks.printed.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      let chunk = Task { await chunks.run("1 + 1") }
      while chunks.waits.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      #expect(chunks.waits == ["repl/slow"])
      chunk.cancel()
      #expect(await chunk.value.failure?.kind == .cancelled)
      #expect(await handling.value.compactMap(\.failure).map(\.failure.kind) == [.cancelled])
      #expect(await chunks.values("1 + 1") == ["2"])
      // And calls may wait again.
      #expect(await chunks.run("box.sleep('1ms')").failure == nil)
    }
  }
}
