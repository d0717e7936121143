/// Shield's details, with the members of Box's examples. Its ids are numbers.
extension EventGenerator {
  mutating func shieldAlert(_ file: Int, _ person: Int) -> [UInt8] {
    let alert = random.within(100...9999)
    let address = People.strangeAddress(&random)
    let (category, rule) = random.pick([
      ("Suspicious Locations", "Suspicious Location"), ("Suspicious Sessions", "Suspicious Session"),
      ("Anomalous Download", "Anomalous Download Rule"), ("Malicious Content", "Malware"),
    ])
    var writer = JSONWriter()
    writer.raw(#"{"shield_alert":{"rule_category":"\#(category)","rule_id":\#(random.within(100...200)),"#)
    writer.raw(#""rule_name":"\#(rule)","rule_response_action":"#)
    writer.raw(random.chance(0.5) ? #"{"restrict_user":true}"# : "null")
    writer.raw(#","risk_score":\#(random.within(20...99)),"alert_summary":{"alert_activities":[{"occurred_at":"#)
    writer.quotedTimestamp(createdAt - 10)
    writer.raw(#","event_type":"Download","item_name":"#)
    writer.string(world.files[file].item.name)
    writer.raw(#","item_type":"file","item_id":"#)
    writer.quoted(world.files[file].item.id)
    writer.raw(#","item_path":"All Files","ip_info":{"ip":"#)
    writer.string(address)
    writer.raw(#","latitude":"37.5555","longitude":"-120.6789","registrant":"Example Networks","country_code":"US","#)
    writer.raw(#""city_name":"San José","region_name":"California"},"service_name":"Box Web Application"}]},"#)
    writer.raw(#""alert_id":\#(alert),"priority":"#)
    writer.string(random.pick(["low", "medium", "high", "critical"]))
    writer.raw(#","user":{"id":\#(world.people[person].id),"name":"#)
    writer.string(world.people[person].name)
    writer.raw(#","email":"#)
    writer.string(world.people[person].login)
    writer.raw(#"},"link":"https://app.box.com/master/shield/alerts/\#(alert)","created_at":"#)
    writer.quotedTimestamp(createdAt)
    writer.raw("}}")
    return writer.bytes
  }

  mutating func downloadBlocked(_ file: Int, _ person: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.raw(#"{"shield_download_enforcement":{"item":"#)
    item(file, &writer)
    writer.raw(#","access_user":"#)
    user(person, &writer)
    writer.raw(#","service":{"service":254429,"name":"Box Drive"},"additional_info":"","created_at":"#)
    writer.quotedTimestamp(createdAt)
    writer.raw(#","classification":"Confidential","controlMode":"#)
    writer.string(random.chance(0.7) ? "enforced" : "monitoring")
    writer.raw(#"},"service_id":"254429","service_name":"Box Drive"}"#)
    return writer.bytes
  }

  mutating func externalCollaboration(_ file: Int, _ person: Int, justified: Bool) -> [UInt8] {
    var writer = JSONWriter()
    writer.raw(#"{"shield_external_collab_enforcement":{"item":"#)
    item(file, &writer)
    writer.raw(#","inviter":"#)
    user(person, &writer)
    writer.raw(#","invitee":"#)
    user(People.staffCount + random.below(world.people.count - People.staffCount), &writer)
    writer.raw(#","accessUser":null,"service":null,"additionalInfo":"","createdAt":null,"justification":"#)
    if justified { request(file, person, &writer) } else { writer.raw("null") }
    writer.raw(#","classification":"Confidential","controlMode":"enforced"}}"#)
    return writer.bytes
  }

  mutating func justification(_ file: Int, _ person: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.raw(#"{"shield_justification_approval":"#)
    request(file, person, &writer)
    writer.raw("}")
    return writer.bytes
  }

  private mutating func request(_ file: Int, _ person: Int, _ writer: inout JSONWriter) {
    writer.raw(#"{"justification_id":"\#(random.within(1_000_000...99_999_999))","request_at":\#(createdAt),"#)
    writer.raw(#""requested_by":"#)
    user(person, &writer)
    writer.raw(#","request_type":"EXTERNAL_COLLAB","item":"#)
    item(file, &writer)
    writer.raw(#","title":"Approved","description":"","additional_info":null,"approved_by":"#)
    user(0, &writer)
    writer.raw(#","action":"APPROVED","action_at":\#(createdAt)}"#)
  }

  private func item(_ file: Int, _ writer: inout JSONWriter) {
    writer.raw(#"{"type":"file","id":\#(world.files[file].item.id),"name":"#)
    writer.string(world.files[file].item.name)
    writer.raw(#","file_version_id":\#(world.files[file].versionId),"size":"#)
    writer.size(world.files[file].size)
    writer.raw("}")
  }

  private func user(_ person: Int, _ writer: inout JSONWriter) {
    writer.raw(#"{"type":"user","id":\#(world.people[person].id),"name":"#)
    writer.string(world.people[person].name)
    writer.raw(#","login":"#)
    writer.string(world.people[person].login)
    writer.raw("}")
  }
}
