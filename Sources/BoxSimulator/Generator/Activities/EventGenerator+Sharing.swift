/// Shared links and collaborations.
extension EventGenerator {
  mutating func share() -> Draft {
    let file = activeFile()
    let link = SharedLink(
      token: random.next(), access: random.pick(SharedLink.Access.allCases), hasPassword: random.chance(0.2))
    world.files[file].item.sharedLink = link
    let person = actor()
    world.files[file].item.touch(by: person, at: createdAt)
    var draft = Draft("ITEM_SHARED_CREATE", "SHARE", by: world.people[person], .file(file))
    draft.details = linkDetails(link)
    return draft
  }

  mutating func updateLink() -> Draft {
    guard let file = sharedFile(), var link = world.files[file].item.sharedLink else { return share() }
    link.access = random.pick(SharedLink.Access.allCases)
    link.hasPassword.toggle()
    world.files[file].item.sharedLink = link
    let person = actor()
    world.files[file].item.touch(by: person, at: createdAt)
    var draft = Draft("ITEM_SHARED", "ITEM_SHARED_UPDATE", by: world.people[person], .file(file))
    draft.details = linkDetails(link)
    return draft
  }

  mutating func unshare() -> Draft {
    guard let file = sharedFile() else { return share() }
    world.files[file].item.sharedLink = nil
    let person = actor()
    world.files[file].item.touch(by: person, at: createdAt)
    return Draft("ITEM_SHARED_UNSHARE", "UNSHARE", by: world.people[person], .file(file))
  }

  mutating func invite() -> Draft {
    let folder = max(0, activeFolder())
    let inviter = world.folders[folder].item.owner
    // Every third invitation goes to another company.
    var person = staffMember()
    if random.chance(0.35) {
      person = random.within(People.staffCount...world.people.count - 1)
    } else if person == inviter {
      person = (person + 1) % People.staffCount
    }
    let collaboration = Collaboration(
      id: world.freshId(from: 500_000_000_000), folder: folder, person: person, inviter: inviter,
      role: random.pick(Collaboration.roles))
    world.collaborations.append(collaboration)
    if random.chance(0.8) { pending.append(.accept(collaboration: world.collaborations.count - 1)) }
    return collaborationDraft("COLLAB_INVITE_COLLABORATOR", "COLLABORATION_INVITE", by: inviter, collaboration)
  }

  mutating func accept(_ index: Int) -> Draft {
    guard index < world.collaborations.count else { return invite() }
    world.collaborations[index].isAccepted = true
    let collaboration = world.collaborations[index]
    return collaborationDraft(
      "COLLAB_ADD_COLLABORATOR", "COLLABORATION_ACCEPT", by: collaboration.person, collaboration)
  }

  mutating func changeRole() -> Draft {
    guard !world.collaborations.isEmpty else { return invite() }
    let index = random.below(world.collaborations.count)
    world.collaborations[index].role = random.pick(Collaboration.roles)
    let collaboration = world.collaborations[index]
    return collaborationDraft(
      "COLLAB_ROLE_CHANGE", "COLLABORATION_ROLE_CHANGE", by: collaboration.inviter, collaboration)
  }

  /// The right ends; the collaboration stays known, since its number may be waited for.
  mutating func removeCollaborator() -> Draft {
    guard !world.collaborations.isEmpty else { return invite() }
    let collaboration = random.pick(world.collaborations)
    return collaborationDraft(
      "COLLAB_REMOVE_COLLABORATOR", "COLLABORATION_REMOVE", by: collaboration.inviter, collaboration)
  }

  /// An event about a collaboration, with the details that Box's own example has.
  mutating func collaborationDraft(
    _ userType: String?, _ enterpriseType: String?, by person: Int, _ collaboration: Collaboration
  ) -> Draft {
    var draft = Draft(userType, enterpriseType, by: world.people[person], .collaboration(collaboration))
    draft.accessibleBy = world.people[collaboration.person]
    let isByAdministrator = person != 0 && random.chance(0.05)
    if isByAdministrator { draft.actionBy = administrator }
    var writer = JSONWriter()
    writer.raw(#"{"type":"box://event/additional_details/collaboration","collab_id":"#)
    writer.quoted(collaboration.id)
    writer.raw(#","role":"#)
    writer.string(collaboration.role)
    writer.raw(#","is_performed_by_admin":"#)
    writer.boolean(isByAdministrator)
    writer.raw(#","invitation_message":"#)
    writer.string(random.chance(0.3) ? "Please have a look – thanks!" : "")
    writer.raw("}")
    draft.details = writer.bytes
    return draft
  }

  /// A file that has a shared link.
  mutating func sharedFile() -> Int? {
    for _ in 0..<64 {
      let index = random.below(world.files.count)
      if world.files[index].item.sharedLink != nil, world.files[index].item.isActive { return index }
    }
    return nil
  }

  private func linkDetails(_ link: SharedLink) -> [UInt8] {
    var writer = JSONWriter()
    writer.raw(#"{"shared_link_id":""#)
    writer.hexadecimal(link.token, digits: 16)
    writer.raw(#"","access_level":""#)
    writer.raw(link.access.rawValue)
    writer.raw(#"","password_protected":"#)
    writer.boolean(link.hasPassword)
    writer.raw("}")
    return writer.bytes
  }
}
