import BoxClient

/// A file of recorded events that cannot be used.
public struct RecordedEventsError: Error, Sendable, CustomStringConvertible {
  public enum Reason: Sendable {
    case missing
    case directory
    case unreadable
    /// Neither JSON Lines nor a saved page.
    case notEvents
    /// A saved page that does not fit into memory.
    case tooLarge
  }

  public let reason: Reason
  /// The file's name as it was given; `standard input` for `-`.
  public let file: String
  /// What is wrong.
  public let problem: String
  /// What to do about it.
  public let advice: String

  public var description: String { "\(problem). \(advice)" }

  private init(_ reason: Reason, _ file: String, _ problem: String, advice: String) {
    self.reason = reason
    self.file = file
    self.problem = problem
    self.advice = advice
  }
}

extension RecordedEventsError {
  static func missing(_ file: String) -> Self {
    Self(
      .missing, file, "there is no file \(file)",
      advice: "Name a file of recorded events, or - for standard input.")
  }

  static func directory(_ file: String) -> Self {
    let inside = file.hasSuffix("/") ? file : file + "/"
    return Self(
      .directory, file, "\(file) is a folder",
      advice: "Name the files in it: \(inside)*.jsonl. A folder of rules goes behind --rules.")
  }

  static func unreadable(_ file: String, _ systemReason: String) -> Self {
    Self(
      .unreadable, file, "cannot read \(file): \(systemReason)",
      advice: "Check its permissions and the disk that it is on.")
  }

  static func tooLarge(_ file: String, limit: Int) -> Self {
    Self(
      .tooLarge, file, "\(file) is one JSON value of more than \(limit >> 20) MiB, or of millions of fields",
      advice: "Turn it into JSON Lines, which are read piece by piece: \(conversion).")
  }

  static func notEvents(_ file: String, beginning: UnsafeRawBufferPointer, damage: DamagedPage) -> Self {
    let problem = "\(file) is neither JSON Lines nor a saved page"
    if let encoding = OtherEncoding(beginning) {
      return Self(.notEvents, file, "\(problem): it is \(encoding.name)", advice: encoding.advice)
    }
    let detail =
      switch damage.defect {
      case .truncated: "it ends too early"
      case .notJSON where damage.offset > 0: "no valid JSON at byte \(damage.offset)"
      default: "it begins with \(damage.beginning)"
      }
    return Self(
      .notEvents, file, "\(problem): \(detail)",
      advice: "It takes one event a line (`boxwatch events` writes that), or what GET /events answers; "
        + "several pages in one file become JSON Lines by \(conversion).")
  }

  private static let conversion = "jq -c '.entries? // . | .[]' FILE"
}

/// What a file is that only has to be converted.
private struct OtherEncoding {
  let name: String
  let advice: String

  init?(_ beginning: UnsafeRawBufferPointer) {
    switch (beginning.first, beginning.dropFirst().first) {
    case (0x1F, 0x8B):
      name = "compressed"
      advice = "Unpack it first: gunzip -c FILE | boxwatch replay - --rules PATH"
    case (0xFF, 0xFE), (0xFE, 0xFF):
      name = "UTF-16 text"
      advice = "Save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE"
    default: return nil
    }
  }
}
