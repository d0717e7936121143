extension EventGenerator {
  /// The next rare event: one of each kind before any comes again.
  mutating func rare() -> Draft {
    if rareBag.isEmpty { rareBag = RareEvent.all.shuffled(using: &random) }
    let event = rareBag.removeLast()
    let file = activeFile()
    let person = staffMember()
    let isSecurity = event.enterpriseType?.hasPrefix("SHIELD") == true
    let actor = isSecurity || event.subject == .null ? world.people[person] : random.pick(world.people.prefix(8))
    var draft = Draft(event.userType, event.enterpriseType, by: actor, source(of: event.subject, file, person))
    draft.details = details(event.details, file, person)
    if random.chance(0.3) { draft.address = nil }
    return draft
  }

  /// An event type that no list knows yet: lists are not exhaustive (PROTOCOL.md §4).
  mutating func unheardOf() -> Draft {
    let type = random.pick(["HUB_PUBLISH", "ITEM_HOLOGRAM_CREATE", "SHIELD_AGENT_QUARANTINED"])
    let source = Array(
      #"{"hub_id":\#(random.within(1...99999)),"hub_status":"PUBLISHED","hub_items":[{"count":3}]}"#.utf8)
    return Draft(type, type, by: world.people[actor()], .text(user: source, enterprise: source))
  }

  private mutating func source(of subject: RareEvent.Subject, _ file: Int, _ person: Int) -> Draft.Source {
    switch subject {
    case .file: return .file(file)
    case .folder: return .folder(max(0, activeFolder()))
    case .person: return .person(person)
    case .group: return .group(random.below(world.groups.count))
    case .collaboration:
      let folder = max(0, activeFolder())
      return .collaboration(
        Collaboration(
          id: 0, folder: folder, person: person, inviter: world.folders[folder].item.owner, role: "Editor",
          isAccepted: true))
    case .application:
      return both(
        #"{"type":"application","name":"Watcher \#(random.within(1...9))","api_key":"k\#(random.below(1 << 40))"}"#)
    case .appItem:
      return both(#"{"type":"app_item","id":"\#(random.within(1000...9999))","app_item_type":"hubs"}"#)
    case .barrier:
      return both(
        #"{"barrier_id":\#(random.within(100000...999999)),"barrier_status":"ENABLED","#
          + #""barrier_segments":[{"name":"8","member_count":1},{"name":"9","member_count":4}]}"#)
    case .report:
      return both(#"{"report_id":"\#(random.within(1000...9999))","report_type":"content_recovery"}"#)
    case .null: return .null
    case .absent: return .absent
    }
  }

  private func both(_ text: String) -> Draft.Source {
    .text(user: Array(text.utf8), enterprise: Array(text.utf8))
  }
}
