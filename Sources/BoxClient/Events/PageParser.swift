import CEventPage
import Synchronization

/// Lends out the readers' working memory, which is worth keeping while pages come and worth giving back afterwards.
public enum PageParser {
  private static let idle = Mutex(IdleParsers())

  static func withParser<Result>(_ body: (OpaquePointer) -> Result) -> Result {
    let kept = idle.withLock { $0.parsers.popLast() }
    guard let parser = kept?.pointer ?? cep_parser_new() else {
      preconditionFailure("out of memory: no page reader could be made")
    }
    defer {
      let surplus = idle.withLock { idle -> Bool in
        guard idle.parsers.count < IdleParsers.limit else { return true }
        idle.parsers.append(IdleParser(pointer: parser))
        return false
      }
      if surplus { cep_parser_free(parser) }
    }
    return body(parser)
  }

  /// Gives back the memory that full pages needed, their own and the readers'; what serves small ones stays. For the
  /// moment when a stream has been caught up, and for a rest later: the last pages are still in use then.
  public static func releaseMemory() {
    LargeBlocks.shared.release()
    let large = idle.withLock { idle in
      let large = idle.parsers.filter { cep_parser_capacity($0.pointer) > smallPage }
      idle.parsers.removeAll { cep_parser_capacity($0.pointer) > smallPage }
      return large
    }
    for parser in large { cep_parser_free(parser.pointer) }
  }

  private static let smallPage = 128 << 10

  private struct IdleParsers {
    static let limit = 4
    var parsers: [IdleParser] = []
  }

  // Unchecked: a parser in the list belongs to nobody, and whoever takes it out has it alone.
  private struct IdleParser: @unchecked Sendable {
    let pointer: OpaquePointer
  }
}
