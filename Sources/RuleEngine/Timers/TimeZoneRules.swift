/// How far a time zone is from UTC, at any time: the table of its file, and behind the table the rule at its end.
struct TimeZoneRules: Sendable {
  /// A stretch of time with one distance from UTC.
  struct Period: Equatable, Sendable {
    /// First second of the period, since 1970 UTC; `Int64.min` where it has always been so.
    var start: Int64
    /// First second after it; `Int64.max` where it stays so.
    var end: Int64
    /// Seconds east of UTC.
    var offset: Int
  }

  /// One change of the clocks.
  struct Transition: Equatable, Sendable {
    let at: Int64
    /// Seconds east of UTC from then on.
    let offset: Int
  }

  /// No zone is farther from UTC (RFC 8536, section 3.2).
  static let farthestOffset = 26 * 3600

  private let firstOffset: Int
  private let transitions: [Transition]
  private let footer: POSIXTimeZone?

  /// - Parameters:
  ///   - transitions: in order of time.
  ///   - footer: what holds after the last transition; nil = what the last transition says.
  init(firstOffset: Int, transitions: [Transition] = [], footer: POSIXTimeZone? = nil) {
    self.firstOffset = firstOffset
    self.transitions = transitions
    self.footer = footer
  }

  /// Reads a zone of the system's database. UTC needs no database.
  init(named name: String) throws(TimeZoneError) {
    if ["UTC", "Etc/UTC"].contains(name) {
      self.init(firstOffset: 0)
      return
    }
    let bytes = try ZoneInfoFile.read(name)
    do {
      self = try TZif.decode(bytes)
    } catch {
      throw .unreadable(name, reason: error.reason)
    }
  }

  /// Seconds east of UTC at a moment.
  func offset(at moment: Int64) -> Int { period(at: moment).offset }

  /// The period that a moment falls into.
  func period(at moment: Int64) -> Period {
    let passed = transitions.partitionIndex { $0.at > moment }
    let start = passed == 0 ? Int64.min : transitions[passed - 1].at
    if passed == transitions.count, let footer {
      var period = footer.period(at: moment)
      period.start = max(period.start, start)
      return period
    }
    let end = passed == transitions.count ? Int64.max : transitions[passed].at
    return Period(start: start, end: end, offset: passed == 0 ? firstOffset : transitions[passed - 1].offset)
  }

  /// The moment at which the wall clock shows `local` (seconds since 1970 on the wall clock): the first one where there
  /// are two, the end of the gap where there is none.
  func moment(ofLocal local: Int64) -> Int64 {
    // Starts in a period that cannot be too late, however far the zone is from UTC.
    var period = period(at: local - Int64(Self.farthestOffset))
    while true {
      let moment = local - Int64(period.offset)
      if moment < period.start { return period.start }
      if moment < period.end || period.end == .max { return moment }
      period = self.period(at: period.end)
    }
  }
}

extension Array {
  /// The index of the first element that `belongsBehind`, or the count. The elements must be in that order.
  func partitionIndex(from first: Int = 0, where belongsBehind: (Element) -> Bool) -> Int {
    var low = first
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if belongsBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
