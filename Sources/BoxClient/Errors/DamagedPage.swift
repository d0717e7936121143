import CEventPage

/// An answer that is no page of events: HTML from a proxy, half an answer, something else altogether.
public struct DamagedPage: Error, Sendable, CustomStringConvertible {
  /// What is wrong with the text.
  public enum Defect: Sendable, Hashable {
    case outOfMemory
    /// More than 1 GiB, or more than two million events or fields.
    case tooLarge
    case empty
    /// The text ends too early.
    case truncated
    /// JSON, but no page.
    case wrongKind
    /// A page that counts so many events and has no list of them.
    case withoutEvents(Int)
    case notJSON
  }

  public let defect: Defect
  /// The byte at which reading stopped, from 0.
  public let offset: Int
  /// Bytes that came.
  public let length: Int
  /// How the text begins, for a person to recognise it.
  public let beginning: String

  private let expected: String

  init(_ status: cep_status, bytes: PaddedBytes, offset: Int, expected: String = "page of events") {
    let defect: Defect =
      switch status {
      case CEP_NO_MEMORY: .outOfMemory
      case CEP_TOO_LARGE: .tooLarge
      case CEP_EMPTY: .empty
      case CEP_TRUNCATED: .truncated
      case CEP_WRONG_KIND: .wrongKind
      default: .notJSON
      }
    self.init(defect, bytes, offset, expected)
  }

  /// A page that counts `chunkSize` events and has no list of them.
  init(without chunkSize: Int, bytes: PaddedBytes) {
    self.init(.withoutEvents(chunkSize), bytes, 0, "page of events")
  }

  private init(_ defect: Defect, _ bytes: PaddedBytes, _ offset: Int, _ expected: String) {
    self.defect = defect
    self.expected = expected
    self.offset = offset
    length = bytes.count
    beginning = bytes.withUnsafeBytes { Excerpt.of($0) }
  }

  /// The answer of OPTIONS where it names no real-time servers.
  init(notRealtimeServers bytes: PaddedBytes) {
    self.init(
      bytes.count == 0 ? CEP_EMPTY : CEP_NOT_JSON, bytes: bytes, offset: 0, expected: "list of real-time servers")
  }

  public var description: String {
    switch defect {
    case .outOfMemory: "no memory for an answer of \(length) bytes"
    case .tooLarge: "the answer of \(length) bytes is larger than any page of events"
    case .empty: "the answer is empty where a \(expected) was expected"
    case .truncated: "the \(expected) ends too early, after \(length) bytes; it begins with \(beginning)"
    case .withoutEvents(let count):
      "the \(expected) lists none of the \(count) that its chunk_size counts; it begins with \(beginning)"
    case .wrongKind: "the answer is JSON but no \(expected); it begins with \(beginning)"
    case .notJSON: "the answer is no \(expected) (byte \(offset) of \(length)); it begins with \(beginning)"
    }
  }
}
