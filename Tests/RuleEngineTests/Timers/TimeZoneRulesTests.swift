import BoxClient
import Testing

@testable import RuleEngine

@Suite("The rules of a time zone")
struct TimeZoneRulesTests {
  private func seconds(_ text: String) throws -> Int64 { try #require(Timestamp(text)).seconds }

  @Test(
    "Offsets are those of the time zone database",
    arguments: [
      ("Europe/Berlin", "2026-01-01T00:00:00Z", 3600), ("Europe/Berlin", "2026-03-29T00:59:59Z", 3600),
      ("Europe/Berlin", "2026-03-29T01:00:00Z", 7200), ("Europe/Berlin", "2026-10-25T00:59:59Z", 7200),
      ("Europe/Berlin", "2026-10-25T01:00:00Z", 3600), ("Europe/Berlin", "1850-01-01T00:00:00Z", 3208),
      ("America/New_York", "2026-07-01T00:00:00Z", -14_400), ("America/New_York", "2500-01-01T00:00:00Z", -18_000),
      ("America/New_York", "2500-07-01T00:00:00Z", -14_400), ("Australia/Lord_Howe", "2026-01-01T00:00:00Z", 39_600),
      ("Australia/Lord_Howe", "2300-07-01T00:00:00Z", 37_800), ("Asia/Kathmandu", "2026-01-01T00:00:00Z", 20_700),
      ("Etc/GMT+5", "2026-01-01T00:00:00Z", -18_000), ("UTC", "2026-01-01T00:00:00Z", 0),
    ] as [(String, String, Int)])
  func offsets(name: String, moment: String, offset: Int) throws {
    #expect(try TimeZoneRules(named: name).offset(at: seconds(moment)) == offset)
  }

  @Test("The wall clock is turned into moments: before, in and behind a gap and an overlap")
  func wallClock() throws {
    let berlin = try TimeZoneRules(named: "Europe/Berlin")
    let moments = [
      ("2026-03-29T01:59:59Z", "2026-03-29T00:59:59Z"), ("2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z"),
      ("2026-03-29T02:59:00Z", "2026-03-29T01:00:00Z"), ("2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z"),
      ("2026-10-25T01:59:59Z", "2026-10-24T23:59:59Z"), ("2026-10-25T02:00:00Z", "2026-10-25T00:00:00Z"),
      ("2026-10-25T02:59:59Z", "2026-10-25T00:59:59Z"), ("2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z"),
    ]
    for (local, moment) in moments { #expect(try berlin.moment(ofLocal: seconds(local)) == seconds(moment)) }
  }

  @Test(
    "A name that leads out of the folder, or is none, is refused",
    arguments: [
      "", "/etc/passwd", "../passwd", "Europe/../../passwd", "Europe//Berlin", "Europe/", ".", "./UTC", "a b", "a\0b",
      "Europe/Berlin\n", "München", "-05", String(repeating: "a", count: 256),
    ])
  func names(name: String) {
    #expect(throws: TimeZoneError.invalidName(name)) { try TimeZoneRules(named: name) }
  }

  @Test("A folder is no zone, a file that is no zone file is told")
  func noZones() throws {
    let folder = try #require(throws: TimeZoneError.self) { try TimeZoneRules(named: "Europe") }
    #expect(folder.description.hasPrefix("time zone \"Europe\" is not known, expected a name such as"))
    let table = try #require(throws: TimeZoneError.self) { try TimeZoneRules(named: "zone.tab") }
    #expect(table.description == "time zone \"zone.tab\" cannot be used: its file is no TZif file")
  }

  @Test("Every cut of a zone file is told as damage, none is a crash")
  func cuts() throws {
    let bytes = try ZoneInfoFile.read("America/New_York")
    for length in 0..<bytes.count { #expect(throws: TZif.Damage.self) { try TZif.decode(Array(bytes[..<length])) } }
  }

  @Test("A changed byte of a zone file is never a crash")
  func damage() throws {
    let bytes = try ZoneInfoFile.read("Australia/Lord_Howe")
    for place in bytes.indices {
      for value in [0x00, 0x7f, 0xff] as [UInt8] {
        var damaged = bytes
        damaged[place] = value
        guard let rules = try? TZif.decode(damaged) else { continue }
        let moment = rules.moment(ofLocal: 1_800_000_000)
        #expect(rules.period(at: moment).start <= moment)
      }
    }
  }

  @Test("A file of the first version has no rule for later, the last offset stays")
  func firstVersion() throws {
    var bytes = Array("TZif".utf8) + [UInt8](repeating: 0, count: 16)
    for count in [0, 0, 0, 1, 2, 8] as [UInt8] { bytes += [0, 0, 0, count] }
    bytes += [0, 0, 0x03, 0xe8, 1]
    bytes += [0, 0, 0x0e, 0x10, 0, 0, 0xff, 0xff, 0xf1, 0xf0, 1, 4]
    bytes += Array("ONE\0TWO\0".utf8)
    let rules = try TZif.decode(bytes)
    #expect(rules.period(at: 999) == TimeZoneRules.Period(start: .min, end: 1000, offset: 3600))
    #expect(rules.period(at: 1000) == TimeZoneRules.Period(start: 1000, end: .max, offset: -3600))
  }
}

@Suite("A time zone in POSIX's words")
struct POSIXTimeZoneTests {
  private func offset(_ text: String, at moment: String) throws -> Int {
    let zone = try #require(POSIXTimeZone(text.utf8))
    return zone.period(at: try #require(Timestamp(moment)).seconds).offset
  }

  @Test("Without daylight saving time the offset stays, and west is positive")
  func fixed() throws {
    #expect(try offset("<-03>3", at: "2026-07-01T00:00:00Z") == -10_800)
    #expect(try offset("<+0545>-5:45", at: "2026-07-01T00:00:00Z") == 20_700)
    #expect(try offset("XXX1:02:03", at: "2026-07-01T00:00:00Z") == -3723)
  }

  @Test("Negative daylight saving time: Dublin's winter")
  func dublin() throws {
    let text = "IST-1GMT0,M10.5.0,M3.5.0/1"
    #expect(try offset(text, at: "2026-10-25T00:59:59Z") == 3600)
    #expect(try offset(text, at: "2026-10-25T01:00:00Z") == 0)
    #expect(try offset(text, at: "2026-03-29T00:59:59Z") == 0)
    #expect(try offset(text, at: "2026-03-29T01:00:00Z") == 3600)
  }

  @Test("Times of change before midnight and beyond the day")
  func oddTimes() throws {
    // Nuuk: the Saturday before the last Sunday, at 22 o'clock of -02.
    #expect(try offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", at: "2026-03-29T00:59:59Z") == -7200)
    #expect(try offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", at: "2026-03-29T01:00:00Z") == -3600)
    // Jerusalem: the Friday after the fourth Thursday, at two.
    #expect(try offset("IST-2IDT,M3.4.4/26,M10.5.0", at: "2026-03-26T23:59:59Z") == 7200)
    #expect(try offset("IST-2IDT,M3.4.4/26,M10.5.0", at: "2026-03-27T00:00:00Z") == 10_800)
  }

  @Test("Days by number, with 29 February and without")
  func julianDays() throws {
    // J60 is 1 March in every year, 59 is 29 February in a leap year.
    #expect(try offset("AAA0BBB,J60/0,J300/0", at: "2028-02-29T23:59:59Z") == 0)
    #expect(try offset("AAA0BBB,J60/0,J300/0", at: "2028-03-01T00:00:00Z") == 3600)
    #expect(try offset("AAA0BBB,59/0,300/0", at: "2028-02-29T00:00:00Z") == 3600)
    #expect(try offset("AAA0BBB,59/0,300/0", at: "2027-03-01T00:00:00Z") == 3600)
    #expect(try offset("AAA0BBB,59/0,300/0", at: "2027-02-28T23:59:59Z") == 0)
  }

  @Test("Daylight saving time that never ends")
  func permanent() throws {
    for moment in ["2026-01-01T04:00:00Z", "2026-01-01T02:59:59Z", "2025-12-31T12:00:00Z", "2026-07-01T00:00:00Z"] {
      #expect(try offset("XXX3EDT4,0/0,J365/23", at: moment) == -14_400)
    }
  }

  @Test(
    "Anything else is none",
    arguments: [
      "", "CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
      "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0x", "CET-1CEST,J0,J1", "CET-1CEST,366,1", "CET-25",
      "CET-1CEST,M3.5.0/168,M10.5.0", "<+01-1", "CET-1:60", "CET--1", "CET-99999999999999999999",
    ])
  func refused(text: String) {
    #expect(POSIXTimeZone(text.utf8) == nil)
  }
}
