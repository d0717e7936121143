import BoxClient

/// What a file holds, told from its content.
enum RecordedFormat {
  case lines
  /// A page, an array of events or one event, as the whole content of the file.
  case document(SavedPage)

  /// Looks at the beginning without consuming anything. Reads all of a file only if it begins as a saved page does.
  static func detect(_ buffer: inout InputBuffer, limits: RecordingLimits) throws -> Self {
    try buffer.fill(upTo: limits.blockBytes)
    while Glance(buffer).firstLine == nil, !buffer.isAtEnd, buffer.unread.count <= limits.lineBytes {
      try buffer.fill()
    }
    let lines = Glance(buffer)
    if lines.firstLine.map(Glance.isObject) == true || lines.holdsNeighbours { return .lines }
    if buffer.unread.withoutSurroundings.isEmpty { return .lines }

    var damage: DamagedPage?
    do {
      if let page = try document(&buffer, limits: limits) { return .document(page) }
    } catch let error as DamagedPage {
      damage = error
    }
    if Glance(buffer).holdsObject { return .lines }
    guard let damage, damage.defect != .tooLarge else { throw tooLarge(buffer, limits) }
    throw RecordedEventsError.notEvents(buffer.name, beginning: buffer.unread, damage: damage)
  }

  /// Reads all of the file, but not if its first block shows already that it is no single value. Nil where it is too
  /// large.
  private static func document(_ buffer: inout InputBuffer, limits: RecordingLimits) throws -> SavedPage? {
    if !buffer.isAtEnd {
      do {
        _ = try SavedPage(buffer.unread)
      } catch let damage as DamagedPage where damage.defect == .truncated {
        // As it should be: the rest has not been read.
      }
      try buffer.fill(upTo: limits.documentBytes)
      guard buffer.isAtEnd else { return nil }
    }
    return try SavedPage(buffer.unread)
  }

  private static func tooLarge(_ buffer: borrowing InputBuffer, _ limits: RecordingLimits) -> RecordedEventsError {
    .tooLarge(buffer.name, limit: limits.documentBytes)
  }
}

/// The lines in what a buffer holds, as far as they end there.
private struct Glance: Sequence {
  private let bytes: UnsafeRawBufferPointer
  private let isWhole: Bool

  init(_ buffer: borrowing InputBuffer) {
    bytes = buffer.unread
    isWhole = buffer.isAtEnd
  }

  /// The first line that is not empty.
  var firstLine: UnsafeRawBufferPointer? { first { !$0.isEmpty } }

  /// Whether a line is a JSON object.
  var holdsObject: Bool { contains(where: Self.isObject) }

  /// Whether two lines, one behind the other, are objects. No JSON value is laid out like that, since a comma stands
  /// between two objects: these are JSON Lines, whatever the first line is.
  var holdsNeighbours: Bool {
    var isBehindObject = false
    for line in self where !line.isEmpty {
      let isObject = Self.isObject(line)
      if isObject && isBehindObject { return true }
      isBehindObject = isObject
    }
    return false
  }

  static func isObject(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.first == UInt8(ascii: "{"), line.last == UInt8(ascii: "}") else { return false }
    return (try? Events(event: PaddedBytes(line))) != nil
  }

  func makeIterator() -> AnyIterator<UnsafeRawBufferPointer> {
    var rest = bytes
    return AnyIterator {
      guard !rest.isEmpty else { return nil }
      guard let length = LineReader.length(of: rest, from: 0) ?? (isWhole ? rest.count : nil) else { return nil }
      let line = UnsafeRawBufferPointer(rebasing: rest[..<length])
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length + 1))
      return line.withoutSurroundings
    }
  }
}
