#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

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
      let given = try givenEvents(configuration, administrator: generator.administrator, now: now)
      // They arrived one after the other, the last one now.
      for (index, event) in given.enumerated() { history.append(event, at: now - Int64(given.count - index)) }
    } else {
      generateBacklog(configuration.backlog, until: now, &generator, into: &history)
    }
    history.skipKeys(through: now)
    history.texts.endBulkLoading()
    generator.salt = UInt64(bitPattern: now)
    return (history, generator)
  }

  private static func generateBacklog(
    _ count: Int, until now: Int64, _ generator: inout EventGenerator, into history: inout History
  ) {
    var time = now - backlogSpan
    for index in 0..<count {
      let left = Int64(count - index)
      // A burst follows on its own heels; the rest shares out what is left of the time.
      let mean = (now - time) / left
      time = min(time + min(mean * 2, generator.gap(mean: mean)), now - left)
      history.append(generator.next(at: time), at: time)
    }
  }

  private static func givenEvents(
    _ configuration: BoxSimulator.Configuration, administrator: Person, now: Int64
  ) throws(BoxSimulatorError) -> [GivenEvent] {
    let reader = MemberReader()
    var given: [GivenEvent] = []
    func add(_ text: some Collection<UInt8>) throws(TextFault) {
      let object = try reader.object(text)
      let number = given.count
      // Numbered, so that the same file gives the same ids in every run.
      var writer = JSONWriter()
      writer.hexadecimal(configuration.seed, digits: 16)
      writer.hexadecimal(UInt64(number), digits: 24)
      let defaults = EventDefaults(
        id: String(decoding: writer.bytes, as: UTF8.self), createdAt: now / 1_000_000,
        createdBy: Array(administrator.mini.utf8), actor: administrator.id)
      given.append(reader.completed(object, defaults: defaults))
    }
    if let path = configuration.eventsFile {
      for (index, line) in try lines(of: path) {
        do {
          try add(line)
        } catch {
          throw .badEventLine(path: path, line: index + 1, reason: error.message)
        }
      }
    }
    for (index, text) in (configuration.events ?? []).enumerated() {
      do {
        try add(text.utf8)
      } catch {
        throw .badEvent(number: index + 1, reason: error.message)
      }
    }
    return given
  }

  /// A file's lines that are not blank, with their indices.
  private static func lines(of path: String) throws(BoxSimulatorError) -> [(Int, ArraySlice<UInt8>)] {
    let bytes: [UInt8]
    do {
      bytes = Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      let exists = FileManager.default.fileExists(atPath: path)
      throw .unreadableEventsFile(path: path, reason: exists ? "it cannot be opened" : "there is no such file")
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.enumerated().filter { _, line in
      !line.allSatisfy { (0x09...0x0D).contains($0) || $0 == 0x20 }
    }.map { ($0, $1) }
  }
}
