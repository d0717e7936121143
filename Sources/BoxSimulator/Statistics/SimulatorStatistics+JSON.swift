extension SimulatorStatistics {
  /// The answer of GET /_simulator/stats.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.raw(#"{"requests":{"#)
    writer.members(requests.map { ($0.key.rawValue, $0.value) }) { writer, statuses in
      writer.raw("{")
      writer.members(statuses.map { ($0.key == 0 ? "none" : String($0.key), $0.value) }) { $0.number($1) }
      writer.raw("}")
    }
    writer.raw(#"},"pages_served":"#)
    writer.number(pagesServed)
    writer.raw(#","events_served":"#)
    writer.number(eventsServed)
    writer.raw(#","faults":{"#)
    writer.members(faults.map { ($0.key.rawValue, $0.value) }) { $0.number($1) }
    writer.raw(#"},"polls_open":"#)
    writer.number(pollsOpen)
    writer.raw(#","tokens_issued":"#)
    writer.number(tokensIssued)
    writer.raw(#","events_held":"#)
    writer.number(eventsHeld)
    writer.raw(#","user_events_held":"#)
    writer.number(userEventsHeld)
    writer.raw(#","enterprise_events_held":"#)
    writer.number(enterpriseEventsHeld)
    writer.raw(#","max_requests_per_minute":"#)
    writer.number(maxRequestsPerMinute)
    writer.raw("}")
    return writer.bytes
  }
}

extension JSONWriter {
  /// An object's members, sorted by key, with commas between them.
  fileprivate mutating func members<Value>(
    _ members: [(String, Value)], write: (inout JSONWriter, Value) -> Void
  ) {
    for (index, member) in members.sorted(by: { $0.0 < $1.0 }).enumerated() {
      if index > 0 { raw(",") }
      string(member.0)
      raw(":")
      write(&self, member.1)
    }
  }
}
