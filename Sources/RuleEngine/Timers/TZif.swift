/// The format of the files of the time zone database (RFC 8536): a header, tables, and since version 2 both again with
/// 64-bit times, followed by a rule for the time after the tables.
enum TZif {
  struct Damage: Error {
    let reason: String

    static let tooShort = Damage(reason: "its file is cut off")
  }

  static func decode(_ bytes: [UInt8]) throws(Damage) -> TimeZoneRules {
    var reader = Reader(bytes)
    var header = try Header(&reader)
    var timeWidth = 4
    if header.version >= UInt8(ascii: "2") {
      try reader.skip(header.size(timeWidth: timeWidth))
      header = try Header(&reader)
      timeWidth = 8
    }
    // Files below "right/" count leap seconds, which no timestamp of Box or of the system does.
    guard header.leapCount == 0 else { throw Damage(reason: "it counts leap seconds; use the zone without \"right/\"") }
    let table = try Table(&reader, header: header, timeWidth: timeWidth)
    let footer = timeWidth == 8 ? try footer(&reader) : nil
    return TimeZoneRules(firstOffset: table.offsets[0], transitions: table.transitions, footer: footer)
  }

  /// The text between two line breaks. Empty where nothing is known of the time after the table.
  private static func footer(_ reader: inout Reader) throws(Damage) -> POSIXTimeZone? {
    let rest = reader.rest
    guard rest.first == UInt8(ascii: "\n"), let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\n")) else {
      throw .tooShort
    }
    let text = rest[(rest.startIndex + 1)..<end]
    if text.isEmpty { return nil }
    guard let zone = POSIXTimeZone(text) else {
      throw Damage(reason: "its rule \"\(String(decoding: text, as: UTF8.self))\" cannot be read")
    }
    return zone
  }

  private struct Header {
    let version: UInt8
    let utcFlagCount: Int
    let standardFlagCount: Int
    let leapCount: Int
    let timeCount: Int
    let typeCount: Int
    let nameLength: Int

    init(_ reader: inout Reader) throws(Damage) {
      guard try Array(reader.take(4)) == Array("TZif".utf8) else { throw Damage(reason: "its file is no TZif file") }
      version = try reader.take(1).first ?? 0
      try reader.skip(15)
      utcFlagCount = try reader.count()
      standardFlagCount = try reader.count()
      leapCount = try reader.count()
      timeCount = try reader.count()
      typeCount = try reader.count()
      nameLength = try reader.count()
      guard typeCount > 0 else { throw Damage(reason: "its file knows no offset from UTC") }
    }

    /// Bytes of the tables behind the header.
    func size(timeWidth: Int) -> Int {
      timeCount * (timeWidth + 1) + typeCount * 6 + nameLength + leapCount * (timeWidth + 4) + standardFlagCount
        + utcFlagCount
    }
  }

  private struct Table {
    private(set) var transitions: [TimeZoneRules.Transition] = []
    /// By type; the first one holds before the first transition.
    private(set) var offsets: [Int] = []

    init(_ reader: inout Reader, header: Header, timeWidth: Int) throws(Damage) {
      var body = Reader(Array(try reader.take(header.size(timeWidth: timeWidth))))
      var times: [Int64] = []
      for _ in 0..<header.timeCount { times.append(try body.integer(timeWidth)) }
      let types = Array(try body.take(header.timeCount))
      for _ in 0..<header.typeCount {
        let offset = Int(try body.integer(4))
        // A flag for daylight saving time and the place of a name, which nobody asks for here.
        try body.skip(2)
        guard abs(offset) <= TimeZoneRules.farthestOffset else {
          throw Damage(reason: "its file is more than 26 hours from UTC")
        }
        offsets.append(offset)
      }
      for (time, type) in zip(times, types) {
        guard type < offsets.count, transitions.last.map({ $0.at < time }) ?? true else {
          throw Damage(reason: "its file's table is out of order")
        }
        transitions.append(TimeZoneRules.Transition(at: time, offset: offsets[Int(type)]))
      }
    }
  }

  /// Takes big-endian numbers from the front of the bytes.
  private struct Reader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
      rest = bytes[...]
    }

    mutating func take(_ count: Int) throws(Damage) -> ArraySlice<UInt8> {
      guard rest.count >= count else { throw .tooShort }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }

    mutating func skip(_ count: Int) throws(Damage) { _ = try take(count) }

    mutating func count() throws(Damage) -> Int { Int(UInt32(truncatingIfNeeded: try integer(4))) }

    /// Signed, of 4 or 8 bytes.
    mutating func integer(_ width: Int) throws(Damage) -> Int64 {
      let bits = try take(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return width == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
    }
  }
}
