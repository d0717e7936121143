extension EventGenerator {
  mutating func perform(_ activity: Activity) -> Draft {
    switch activity {
    case .upload: upload(ItemNames.file(&random))
    case .uploadProgram: upload(ItemNames.program(&random))
    case .edit: edit()
    case .download: download(file: activeFile(), by: actor(), address: nil)
    case .preview: preview()
    case .createFolder: createFolder()
    case .rename: rename()
    case .move: move()
    case .copy: copy()
    case .trash: random.chance(0.08) ? trashFolder() : trash(file: activeFile(), by: actor())
    case .restore: restore()
    case .share: share()
    case .updateLink: updateLink()
    case .unshare: unshare()
    case .invite: invite()
    case .changeRole: changeRole()
    case .removeCollaborator: removeCollaborator()
    case .comment: comment("COMMENT_CREATE")
    case .deleteComment: comment("COMMENT_DELETE")
    case .assignTask: createTask()
    case .lock: lock()
    case .tag: Draft("TAG_ITEM_CREATE", nil, by: world.people[actor()], .file(activeFile()))
    case .makeCurrent: makeCurrent()
    case .sync: changeSync()
    case .signIn: signIn(person: actor(), address: nil)
    case .failToSignIn: failToSignIn()
    case .joinGroup: changeGroup("GROUP_ADD_USER")
    case .leaveGroup: changeGroup("GROUP_REMOVE_USER")
    case .anonymousDownload: anonymousDownload()
    case .supportAction: supportAction()
    case .addWebLink: addWebLink()
    case .signDocument: beginSigning()
    case .deleteMany: deleteMany()
    case .downloadMany: downloadMany()
    case .uploadMany: uploadMany()
    case .rare: rare()
    case .unheardOf: unheardOf()
    }
  }

  mutating func perform(_ step: Step) -> Draft {
    switch step {
    case .trash(let file, let person): trash(file: file, by: person)
    case .download(let file, let person, let address): download(file: file, by: person, address: address)
    case .upload(let folder, let person): upload(ItemNames.file(&random), into: folder, by: person)
    case .failToSignIn(let person, let address): failedLogin(person: person, address: address)
    case .signIn(let person, let address): signIn(person: person, address: address)
    case .accept(let collaboration): accept(collaboration)
    case .assign(let file, let person, let assignee, let task):
      assignTask(file: file, by: person, to: assignee, task: task)
    case .unlock(let file, let person): unlock(file: file, by: person)
    case .sign(let file, let person, let event): sign(file: file, by: person, event: event)
    }
  }

  /// Somebody of the house, now and then a partner.
  mutating func actor() -> Int {
    random.chance(0.93)
      ? random.below(People.staffCount) : random.within(People.staffCount...world.people.count - 1)
  }

  mutating func staffMember() -> Int {
    random.below(People.staffCount)
  }

  /// A file that is not in the trash, more often one of the newer ones.
  mutating func activeFile() -> Int {
    let recent = max(0, world.files.count - 400)
    for _ in 0..<32 {
      let index = random.chance(0.7) ? random.within(recent...world.files.count - 1) : random.below(world.files.count)
      if world.files[index].item.isActive { return index }
    }
    // Nearly everything lies in the trash: a new file comes instead.
    return world.addFile(
      named: ItemNames.file(&random), in: activeFolder(), by: staffMember(), at: createdAt, using: &random)
  }

  mutating func activeFolder() -> Int {
    for _ in 0..<32 {
      let index = random.below(world.folders.count)
      if world.folders[index].item.isActive { return index }
    }
    return -1
  }
}
