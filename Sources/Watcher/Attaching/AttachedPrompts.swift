import BoxClient
import RuleEngine
import Synchronization

/// The prompts that are attached to a watcher: so many at a time, each shown the events that come.
final class AttachedPrompts: Sendable {
  /// Prompts at a time. The others of the socket's connections are for `status` and `parked`.
  static let most = 4

  private let prompts = Mutex<(viewers: [Int: RecentEvents], next: Int)>(([:], 1))

  /// A place for a prompt, which ``leave(_:)`` gives back; nil where all are taken.
  func join(_ viewer: RecentEvents) -> Int? {
    prompts.withLock { prompts in
      guard prompts.viewers.count < Self.most else { return nil }
      defer { prompts.next += 1 }
      prompts.viewers[prompts.next] = viewer
      return prompts.next
    }
  }

  func leave(_ place: Int) { _ = prompts.withLock { $0.viewers.removeValue(forKey: place) } }

  /// Events that were handled. Costs nothing where no prompt is attached.
  func show(_ events: Events, _ fresh: [Int], of stream: String) {
    let viewers = prompts.withLock { Array($0.viewers.values) }
    guard !viewers.isEmpty else { return }
    let copies = fresh.map { events.entries[$0].withUnsafeText { Array($0) } }
    for viewer in viewers { viewer.take(copies, of: stream) }
  }
}

/// The newest events of a watcher, for a prompt: copies, so that no page stays in memory for their sake.
final class RecentEvents: Sendable {
  struct Entry: Sendable {
    let stream: String
    let text: [UInt8]
  }

  private struct State {
    var entries: [Entry] = []
    var bytes = 0
    var fields = SeenFields()
  }

  private let state = Mutex(State())
  /// Is handed the texts of events as they come.
  private let seen: @Sendable ([[UInt8]]) -> Void

  private static let most = 1000
  private static let mostBytes = 4 << 20

  init(_ seen: @escaping @Sendable ([[UInt8]]) -> Void) { self.seen = seen }

  var entries: [Entry] { state.withLock { $0.entries } }
  var fields: [String] { state.withLock { $0.fields.paths } }

  func take(_ texts: [[UInt8]], of stream: String) {
    state.withLock { state in
      for text in texts {
        state.entries.append(Entry(stream: stream, text: text))
        state.bytes += text.count
        state.fields.add(text)
      }
      var leaving = max(0, state.entries.count - Self.most)
      var bytes = state.entries.prefix(leaving).reduce(0) { $0 + $1.text.count }
      while state.bytes - bytes > Self.mostBytes, leaving < state.entries.count {
        bytes += state.entries[leaving].text.count
        leaving += 1
      }
      state.entries.removeFirst(leaving)
      state.bytes -= bytes
    }
    seen(texts)
  }
}
