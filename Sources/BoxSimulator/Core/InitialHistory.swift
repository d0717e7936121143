/// The history with which a simulator starts: given events, or a generated backlog.
enum InitialHistory {
  /// The time over which a generated backlog is spread, in microseconds.
  private static let backlogSpan: Int64 = 3 * 86400 * 1_000_000

  static func make(
    _ configuration: BoxSimulator.Configuration, now: Int64
  ) throws(BoxSimulatorError) -> (History, EventGenerator) {
    var history = History()
    var generator = EventGenerator(seed: configuration.seed)
    if configuration.eventsFile != nil || configuration.events != nil {
      try appendGivenEvents(configuration, administrator: generator.administrator, now: now, to: &history)
    } else {
      generateBacklog(configuration.backlog, until: now, &generator, into: &history)
    }
    history.skipKeys(through: now)
    history.texts.endBulkLoading()
    generator.salt = UInt64(bitPattern: now)
    return (history, generator)
  }

  /// Occurrences until both families of streams have so many events. Some have a face on one family only (a sign-in is
  /// no user event), so that the other family would have more: its oldest are left out.
  private static func generateBacklog(
    _ count: Int, until now: Int64, _ generator: inout EventGenerator, into history: inout History
  ) {
    var time = now - backlogSpan
    while true {
      let missing = count - min(history.userLog.count, history.enterpriseLog.count)
      guard missing > 0 else { break }
      // About five in six occurrences have a face on user streams.
      let left = Int64(missing) * 6 / 5 + 1
      // A burst follows on its own heels; the rest shares out what is left of the time.
      let mean = (now - time) / left
      time = min(time + min(mean * 2, generator.gap(mean: mean)), now - left)
      history.append(generator.next(at: time), at: time)
    }
    history.userLog.keepNewest(count)
    history.enterpriseLog.keepNewest(count)
  }

  /// Events arrived one after the other, the last one now.
  private static func appendGivenEvents(
    _ configuration: BoxSimulator.Configuration, administrator: Person, now: Int64, to history: inout History
  ) throws(BoxSimulatorError) {
    let reader = MemberReader()
    let texts = configuration.events ?? []
    let bytes =
      try configuration.eventsFile.map { path throws(BoxSimulatorError) in try EventsFile.contents(of: path) } ?? []
    let lines = EventsFile.lines(of: bytes)
    let count = lines.count + texts.count
    func add(_ text: some Collection<UInt8>, number: Int) throws(TextFault) {
      let object = try reader.object(text)
      // Numbered, so that the same file gives the same ids in every run.
      var writer = JSONWriter()
      writer.hexadecimal(configuration.seed, digits: 16)
      writer.hexadecimal(UInt64(number), digits: 24)
      let defaults = EventDefaults(
        id: String(decoding: writer.bytes, as: UTF8.self), createdAt: now / 1_000_000,
        createdBy: Array(administrator.mini.utf8), actor: administrator.id)
      history.append(reader.completed(object, defaults: defaults), at: now - Int64(count - number))
    }
    for (number, line) in lines.enumerated() {
      do {
        try add(line.text, number: number)
      } catch {
        throw .badEventLine(path: configuration.eventsFile ?? "", line: line.number, reason: error.message)
      }
    }
    for (index, text) in texts.enumerated() {
      do {
        try add(text.utf8, number: lines.count + index)
      } catch {
        throw .badEvent(number: index + 1, reason: error.message)
      }
    }
  }
}
