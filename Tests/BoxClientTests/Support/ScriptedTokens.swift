import BoxClient
import Synchronization

/// A source of tokens `T-1`, `T-2` and so on, or of what a script says.
final class ScriptedTokens: TokenSource {
  typealias Script = @Sendable (_ number: Int) async throws -> AccessToken

  private let asked = Mutex(0)
  private let script: Script

  init(_ script: @escaping Script = { AccessToken(Secret("T-\($0)")) }) {
    self.script = script
  }

  /// How often a token was asked for.
  var count: Int { asked.withLock { $0 } }

  func newToken() async throws -> AccessToken {
    let number = asked.withLock { asked in
      asked += 1
      return asked
    }
    return try await script(number)
  }
}

/// Holds up whoever waits until it is opened.
final class Gate: Sendable {
  private let opened: AsyncStream<Never>
  private let sink: AsyncStream<Never>.Continuation

  init() {
    (opened, sink) = AsyncStream.makeStream()
  }

  func open() { sink.finish() }
  func wait() async { for await _ in opened {} }
}
