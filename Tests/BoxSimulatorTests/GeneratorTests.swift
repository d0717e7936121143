import Testing

@testable import BoxSimulator

@Suite("Generated events")
struct GeneratorTests {
  /// Both faces of the first `count` events, as JSON.
  private func occurrences(_ count: Int, seed: UInt64 = 1) throws -> [(user: JSON?, enterprise: JSON?)] {
    var generator = EventGenerator(seed: seed)
    return try (0..<count).map { index in
      let occurrence = generator.next(at: 1_767_600_000_000_000 + Int64(index) * 10_000_000)
      return (try occurrence.user.map { try JSON($0.text) }, try occurrence.enterprise.map { try JSON($0.text) })
    }
  }

  @Test("are the same for the same seed, and others for another")
  func determinism() async throws {
    let clock = TestClock("2026-01-05T09:00:00-08:00")
    func history(seed: UInt64) async throws -> [String] {
      var texts: [String] = []
      try await Simulation.run(
        .with {
          $0.clock = clock.now
          $0.seed = seed
          $0.backlog = 400
        }
      ) { simulation in
        for type in ["all", "admin_logs"] {
          texts += try await simulation.pages("stream_type=\(type)&limit=500").map(\.text)
        }
      }
      return texts
    }
    let first = try await history(seed: 3)
    #expect(try await history(seed: 3) == first)
    #expect(try await history(seed: 4) != first)
  }

  @Test("are the same ones at another time, times apart")
  func anotherTime() async throws {
    var runs: [[String]] = []
    for time in ["2026-01-05T09:00:00-08:00", "2026-07-19T09:00:00-07:00"] {
      let clock = TestClock(time)
      try await Simulation.run(
        .with {
          $0.clock = clock.now
          $0.backlog = 300
        }
      ) { simulation in
        runs.append(try await simulation.pages("stream_type=admin_logs&limit=500").flatMap(\.ids))
      }
    }
    #expect(runs[0] == runs[1])
  }

  @Test("cover every type that Box's guides and specification list")
  func everyType() throws {
    var user: Set<String> = []
    var enterprise: Set<String> = []
    for occurrence in try occurrences(8000) {
      if let type = occurrence.user?["event_type"].string { user.insert(type) }
      if let type = occurrence.enterprise?["event_type"].string { enterprise.insert(type) }
    }
    let expected = EventTypes.onAllUserStreams.union(EventTypes.onAllOnly)
    #expect(user.isSuperset(of: expected), "\(expected.subtracting(user))")
    let listed = Set(try KnownTypes.enterprise())
    #expect(enterprise.isSuperset(of: listed), "\(listed.subtracting(enterprise))")
    // And a few that no list knows.
    #expect(!enterprise.subtracting(listed).subtracting(expected).isEmpty)
  }

  @Test("have one id each, in the form of their stream")
  func ids() throws {
    var ids: Set<String> = []
    let occurrences = try occurrences(2000)
    for occurrence in occurrences {
      if let id = occurrence.user?["event_id"].string {
        #expect(id.count == 40 && id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        ids.insert(id)
      }
      if let id = occurrence.enterprise?["event_id"].string {
        #expect(id.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        ids.insert(id)
      }
    }
    #expect(ids.count == occurrences.count { $0.user != nil } + occurrences.count { $0.enterprise != nil })
  }

  @Test("happen in order, and are recorded after they happened")
  func order() throws {
    var last = ""
    for occurrence in try occurrences(2000) {
      guard let event = occurrence.user, let created = event["created_at"].string,
        let recorded = event["recorded_at"].string
      else { continue }
      #expect(created >= last)
      #expect(recorded > created)
      last = created
    }
    #expect(!last.isEmpty)
  }

  @Test("hang together: names, places and the trash are what earlier events made them")
  func coherence() throws {
    var names: [String: String] = [:]
    var trashed: Set<String> = []
    var checked = 0
    for occurrence in try occurrences(8000) {
      guard let event = occurrence.user, event["source"]["type"].string == "file",
        let id = event["source"]["id"].string, let name = event["source"]["name"].string
      else { continue }
      let type = event["event_type"].string
      let source = event["source"]
      switch type {
      case "ITEM_RENAME": #expect(names[id] != name)
      case "ITEM_UNDELETE_VIA_TRASH": #expect(trashed.remove(id) != nil)
      default:
        if let known = names[id] {
          #expect(known == name)
          checked += 1
        }
      }
      names[id] = name
      if type == "ITEM_TRASH" {
        trashed.insert(id)
        #expect(source["parent"] == .null)
        #expect(source["path_collection"] == .object(["total_count": .integer(0), "entries": .array([])]))
        #expect(source["item_status"] == .string("trashed"))
        #expect(source["trashed_at"] != .null)
      } else if !trashed.contains(id) {
        #expect(source["item_status"] == .string("active"))
        #expect(source["path_collection"]["entries"].values.last?["id"] == source["parent"]["id"])
        #expect(source["path_collection"]["entries"][0]["id"] == .string("0"))
      }
    }
    #expect(checked > 1000)
    #expect(!trashed.isEmpty)
  }

  @Test("hold what makes watching worth while: bursts, strangers, programs, other companies")
  func scenarios() throws {
    let events = try occurrences(8000).compactMap(\.enterprise)
    func run(of type: String) -> Int {
      var longest = 0
      var current = 0
      var actor: JSON = .null
      for event in events where event["event_type"].string != "LOGIN" {
        let isSame = event["event_type"].string == type && (current == 0 || event["created_by"]["id"] == actor)
        current = isSame ? current + 1 : 0
        actor = event["created_by"]["id"]
        longest = max(longest, current)
      }
      return longest
    }
    #expect(run(of: "DELETE") >= 12)
    #expect(run(of: "DOWNLOAD") >= 20)
    #expect(run(of: "FAILED_LOGIN") >= 5)
    #expect(events.contains { $0["created_by"]["id"] == .string("2") && $0["event_type"] == .string("DOWNLOAD") })
    #expect(events.contains { $0["created_by"]["id"] == .string("box_support") })
    #expect(events.contains { $0["ip_address"] == .string("Unknown IP") })
    #expect(events.contains { $0["source"]["user_email"].string?.hasSuffix(".example") == true })
    #expect(events.contains { $0["source"]["item_name"].string?.hasSuffix(".exe") == true })
    #expect(events.contains { $0.keys.contains("source") && $0["source"] == .null })
    #expect(events.contains { !$0.keys.contains("source") })
    #expect(events.contains { $0["source"]["id"].integer != nil })
    #expect(events.contains { $0["additional_details"]["shield_alert"]["user"]["id"].integer != nil })
    #expect(events.contains { $0["source"]["item_type"].string == "folder" })
  }

  @Test("are believable in their sizes: user events are about 1.4 KB, enterprise events half of that")
  func sizes() throws {
    var generator = EventGenerator(seed: 1)
    var user: [Int] = []
    var enterprise: [Int] = []
    for index in 0..<2000 {
      let occurrence = generator.next(at: 1_767_600_000_000_000 + Int64(index))
      if let face = occurrence.user { user.append(face.text.count) }
      if let face = occurrence.enterprise { enterprise.append(face.text.count) }
    }
    #expect((1200...1900).contains(user.reduce(0, +) / user.count))
    #expect((500...1200).contains(enterprise.reduce(0, +) / enterprise.count))
  }

  @Test("of a backlog spread over three days and end now")
  func spread() async throws {
    let clock = TestClock("2026-01-05T09:00:00-08:00")
    try await Simulation.run(
      .with {
        $0.clock = clock.now
        $0.backlog = 300
      }
    ) { simulation in
      let times = try await simulation.pages("stream_type=admin_logs&limit=500").flatMap(\.events)
        .compactMap { $0["created_at"].string.flatMap { Timestamp.secondsSince1970($0) } }
      #expect(times == times.sorted())
      let now = clock.now() / 1_000_000
      #expect(try #require(times.first) < now - 2 * 86400)
      #expect(try #require(times.first) >= now - 3 * 86400 - 10)
      #expect(((now - 6 * 3600)...now).contains(try #require(times.last)))
    }
  }
}
