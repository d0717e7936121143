/// Puts drafts into words: the same occurrence as user streams and as enterprise streams tell it (PROTOCOL.md §4).
extension EventGenerator {
  mutating func occurrence(_ draft: Draft) -> Occurrence {
    ordinal += 1
    // Ids come from a source of their own, so that they depend on the event's number and not on what was drawn before.
    var ids = RandomSource(seed: seed &+ ordinal &* 0xD134_2543_DE82_EF95 ^ salt)
    var occurrence = Occurrence(
      createdAt: createdAt, actor: draft.actor.id, owner: owner(of: draft.source), streams: [])
    if let type = draft.userType {
      occurrence.user = Occurrence.Face(type: type, text: userText(type, draft, &ids))
      if EventTypes.onAllUserStreams.contains(type) {
        occurrence.streams = draft.isOnSync || isSynced(draft.source) ? [.changes, .sync] : [.changes]
      }
    }
    if let type = draft.enterpriseType {
      occurrence.enterprise = Occurrence.Face(type: type, text: enterpriseText(type, draft, &ids))
    }
    return occurrence
  }

  private func userText(_ type: String, _ draft: Draft, _ ids: inout RandomSource) -> [UInt8] {
    var writer = JSONWriter(capacity: 2048)
    writer.raw(#"{"type":"event","event_id":""#)
    writer.hexadecimal(ids.next(), digits: 16)
    writer.hexadecimal(ids.next(), digits: 16)
    writer.hexadecimal(ids.next(), digits: 8)
    writer.raw(#"","created_by":"#)
    writer.raw(draft.actor.mini)
    writer.raw(#","created_at":"#)
    writer.quotedTimestamp(createdAt)
    writer.raw(#","recorded_at":"#)
    writer.quotedTimestamp(max(arrivedAt, createdAt + 1))
    writer.raw(#","event_type":""#)
    writer.raw(type)
    writer.raw(#"","session_id":"#)
    if ids.chance(0.6) {
      writer.raw("\"")
      writer.hexadecimal(ids.next(), digits: 16)
      writer.raw("\"")
    } else {
      writer.raw("null")
    }
    writeUserSource(draft.source, &writer)
    writer.raw("}")
    return writer.bytes
  }

  private func enterpriseText(_ type: String, _ draft: Draft, _ ids: inout RandomSource) -> [UInt8] {
    var writer = JSONWriter(capacity: 1280)
    writer.raw("{")
    writeEnterpriseSource(draft.source, &writer)
    if let person = draft.accessibleBy {
      writer.raw(#""accessible_by":"#)
      writer.raw(person.mini)
      writer.raw(",")
    }
    writer.raw(#""created_by":"#)
    writer.raw(draft.actor.mini)
    writer.raw(#","action_by":"#)
    writer.raw(draft.actionBy?.mini ?? "null")
    writer.raw(#","created_at":"#)
    writer.quotedTimestamp(createdAt)
    writer.raw(#","event_id":""#)
    writer.uuid(&ids)
    writer.raw(#"","event_type":""#)
    writer.raw(type)
    writer.raw(#"","ip_address":"#)
    writer.string(draft.address ?? "Unknown IP")
    writer.raw(#","type":"event","session_id":null,"additional_details":"#)
    if let details = draft.details { writer.raw(details) } else { writer.raw("null") }
    writer.raw("}")
    return writer.bytes
  }

  private func writeUserSource(_ source: Draft.Source, _ writer: inout JSONWriter) {
    if case .absent = source { return }
    writer.raw(#","source":"#)
    switch source {
    case .file(let index): writer.file(world.files[index], in: world)
    case .folder(let index): writer.folder(world.folders[index], in: world)
    case .webLink(let index): writer.webLink(world.webLinks[index], in: world)
    case .collaboration(let collaboration): writer.folder(world.folders[collaboration.folder], in: world)
    case .person(let index): writer.raw(world.people[index].mini)
    case .group(let index): writer.group(world.groups[index])
    case .text(let user, _): writer.raw(user)
    case .null, .absent: writer.raw("null")
    }
  }

  private func writeEnterpriseSource(_ source: Draft.Source, _ writer: inout JSONWriter) {
    if case .absent = source { return }
    writer.raw(#""source":"#)
    switch source {
    case .file(let index):
      let file = world.files[index]
      writer.itemMini("file", file.item, classification: file.classification, in: world)
    case .folder(let index): writer.itemMini("folder", world.folders[index].item, in: world)
    case .webLink(let index): writer.itemMini("web_link", world.webLinks[index].item, in: world)
    case .collaboration(let collaboration): writer.collaboration(collaboration, in: world)
    case .person(let index): writer.raw(world.people[index].mini)
    case .group(let index): writer.group(world.groups[index])
    case .text(_, let enterprise): writer.raw(enterprise)
    case .null, .absent: writer.raw("null")
    }
    writer.raw(",")
  }

  private func owner(of source: Draft.Source) -> String? {
    let owner: Int? =
      switch source {
      case .file(let index): world.files[index].item.owner
      case .folder(let index): world.folders[index].item.owner
      case .webLink(let index): world.webLinks[index].item.owner
      case .collaboration(let collaboration): world.folders[collaboration.folder].item.owner
      case .person, .group, .text, .null, .absent: nil
      }
    return owner.map { world.people[$0].id }
  }

  private func isSynced(_ source: Draft.Source) -> Bool {
    switch source {
    case .file(let index): world.isSynced(world.files[index].item.folder)
    case .folder(let index): world.folders[index].isSynced
    case .webLink(let index): world.isSynced(world.webLinks[index].item.folder)
    case .collaboration(let collaboration): world.isSynced(collaboration.folder)
    case .person, .group, .text, .null, .absent: false
    }
  }
}

extension JSONWriter {
  init(capacity: Int) {
    self.init()
    reserve(capacity)
  }

  /// A random UUID without quotes.
  mutating func uuid(_ random: inout RandomSource) {
    let high = random.next()
    let low = random.next()
    hexadecimal(high >> 32, digits: 8)
    raw("-")
    hexadecimal(high >> 16, digits: 4)
    raw("-4")
    hexadecimal(high, digits: 3)
    raw("-")
    hexadecimal(low >> 60 & 3 | 8, digits: 1)
    hexadecimal(low >> 48, digits: 3)
    raw("-")
    hexadecimal(low, digits: 12)
  }
}
