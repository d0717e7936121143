import LuaHost
import RuleEngine

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What came of a chunk, as a prompt shows it; it goes over a socket too.
public struct ChunkReport: Codable, Sendable {
  public struct Value: Codable, Sendable {
    /// Lua's type, or `event`, `events`, `window`, `list`.
    public var kind: String
    /// Of ``ChunkResult/Value``.
    public var data: Data
    public var bytes: [UInt8] { Array(data) }

    /// Whether these are the first of an iterator's events, of which the chunk `_` gives the next.
    public var hasMore: Bool {
      kind == "events" && String(decoding: bytes.suffix(64), as: UTF8.self).hasSuffix("… `_` shows the next ones")
    }
  }

  /// Something that is said beside the values.
  public struct Remark: Codable, Sendable {
    public enum Kind: String, Codable, Sendable {
      /// An alert, in words; `line` is its record.
      case alert
      /// What is told and not done.
      case untaken
      /// What was done at an attached prompt that may write.
      case done
      case warning
      /// A handler, or what `box.on_start` ran, failed.
      case failure
    }

    public var kind: Kind
    public var text: String
    public var line: String?

    public init(_ kind: Kind, _ text: String, line: String? = nil) {
      self.kind = kind
      self.text = text
      self.line = line
    }
  }

  /// As `LuaFailure`.
  public struct Failure: Codable, Sendable {
    public var kind: String
    public var message: String
    public var location: String?
    public var traceback: String?

    public init(_ failure: LuaFailure) {
      kind = failure.kind.rawValue
      message = failure.message
      location = failure.location
      traceback = failure.traceback
    }

    public var failure: LuaFailure {
      LuaFailure(LuaFailure.Kind(rawValue: kind) ?? .internal, message, location: location, traceback: traceback)
    }
  }

  public var values: [Value] = []
  public var remarks: [Remark] = []
  public var failure: Failure?

  public init(_ result: ChunkResult) {
    values = result.values.map { Value(kind: $0.kind, data: Data($0.bytes)) }
    remarks = result.warnings.map { Remark(.warning, "\($0)") }
    remarks += result.effects.map { Remark($0) } + Self.remarks(result.outcomes)
    failure = result.failure.map { Failure($0) }
  }

  /// A chunk that could not be run at all.
  public init(failure: LuaFailure) { self.failure = Failure(failure) }

  /// What handlers did.
  public static func remarks(_ outcomes: [Outcome]) -> [Remark] {
    outcomes.flatMap { outcome in
      outcome.effects.map { Remark($0) } + (outcome.failure.map { [Remark(.failure, "\($0)")] } ?? [])
    }
  }

  /// Bytes of values that are handed on.
  static let most = 16 << 20

  /// Cuts values that are longer than anybody reads.
  mutating func cut() {
    var room = Self.most
    for index in values.indices {
      let count = values[index].data.count
      if count > room {
        values[index].data = values[index].data.prefix(room)
        remarks.append(Remark(.warning, "a value of \(count) bytes is cut after \(room)"))
      }
      room -= min(count, room)
    }
  }
}

extension ChunkReport.Remark {
  /// An effect of the prompt's: an alert is shown, all else is told and not done.
  public init(_ effect: Effect) {
    if case .alert(let record, _) = effect {
      self.init(.alert, record.inWords, line: record.jsonLine)
    } else {
      self.init(.untaken, "not done at the prompt: \(effect.inWords)")
    }
  }
}
