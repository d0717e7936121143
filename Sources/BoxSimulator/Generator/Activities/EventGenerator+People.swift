/// Signing in, groups, and what Box's staff does.
extension EventGenerator {
  mutating func signIn(person: Int, address: String?) -> Draft {
    // Administrators have a name of their own for it.
    let type = person == 0 && random.chance(0.5) ? "ADMIN_LOGIN" : "LOGIN"
    var draft = Draft(nil, type, by: world.people[person], .person(person))
    draft.address = address ?? (random.chance(0.06) ? People.strangeAddress(&random) : world.people[person].address)
    return draft
  }

  /// A few attempts from one strange address; sometimes the last one succeeds.
  mutating func failToSignIn() -> Draft {
    let person = staffMember()
    let address = random.chance(0.7) ? People.strangeAddress(&random) : world.people[person].address
    let attempts = random.chance(0.3) ? random.within(5...15) : random.below(3)
    for _ in 0..<attempts { pending.append(.failToSignIn(person: person, address: address)) }
    if random.chance(0.4) { pending.append(.signIn(person: person, address: address)) }
    return failedLogin(person: person, address: address)
  }

  mutating func failedLogin(person: Int, address: String) -> Draft {
    var draft = Draft(nil, "FAILED_LOGIN", by: world.people[person], .person(person))
    draft.address = address
    return draft
  }

  mutating func changeGroup(_ type: String) -> Draft {
    let group = random.below(world.groups.count)
    let member = world.people[staffMember()]
    var draft = Draft(type, type, by: administrator, .group(group))
    draft.accessibleBy = member
    var writer = JSONWriter()
    writer.raw(#"{"group_id":"#)
    writer.quoted(world.groups[group].id)
    writer.raw(#","group_name":"#)
    writer.string(world.groups[group].name)
    writer.raw(#","user_id":"#)
    writer.string(member.id)
    writer.raw("}")
    draft.details = writer.bytes
    return draft
  }

  /// Box's staff changes a user's settings. Now and then the user's id is a number (PROTOCOL.md §4, "Ids").
  mutating func supportAction() -> Draft {
    let person = staffMember()
    guard random.chance(0.5) else { return Draft(nil, "EDIT_USER", by: .boxSupport, .person(person)) }
    var writer = JSONWriter()
    writer.raw(#"{"id":"#)
    writer.raw(world.people[person].id)
    writer.raw(#","type":"user","name":"#)
    writer.string(world.people[person].name)
    writer.raw(#","login":"#)
    writer.string(world.people[person].login)
    writer.raw(#","job_title":"CEO","language":"en","max_upload_size":2147483648,"phone":6509241374,"#)
    writer.raw(#""space_amount":11345156112,"space_used":1237009912,"status":"active","#)
    writer.raw(#""timezone":"Africa/Bujumbura"}"#)
    return Draft(nil, "EDIT_USER", by: .boxSupport, .text(user: writer.bytes, enterprise: writer.bytes))
  }
}
