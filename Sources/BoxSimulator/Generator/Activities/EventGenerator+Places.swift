/// What happens to files and folders: names and places.
extension EventGenerator {
  mutating func createFolder() -> Draft {
    let person = actor()
    let parent = activeFolder()
    let name = random.pick(ItemNames.folders)
    let place = world.depth(of: parent) < 5 ? parent : -1
    let folder = world.addFolder(
      named: random.chance(0.5) ? name : "\(name) \(random.within(2...99))", in: place, by: person, at: createdAt,
      isSynced: world.isSynced(place))
    // Enterprise streams have no name for it.
    return Draft("ITEM_CREATE", nil, by: world.people[person], .folder(folder))
  }

  mutating func rename() -> Draft {
    let person = actor()
    if random.chance(0.2) {
      let folder = max(0, activeFolder())
      world.folders[folder].item.name = "\(random.pick(ItemNames.folders)) \(random.within(1...99))"
      world.folders[folder].item.touch(by: person, at: createdAt)
      return Draft("ITEM_RENAME", "RENAME", by: world.people[person], .folder(folder))
    }
    let file = activeFile()
    world.files[file].item.name = ItemNames.renamed(world.files[file].item.name, &random)
    world.files[file].item.touch(by: person, at: createdAt)
    return Draft("ITEM_RENAME", "RENAME", by: world.people[person], .file(file))
  }

  mutating func move() -> Draft {
    let person = actor()
    let target = activeFolder()
    let folder = max(0, activeFolder())
    if random.chance(0.15), !world.isBelow(target, folder), world.depth(of: target) < 4 {
      world.folders[folder].item.folder = target
      world.folders[folder].item.touch(by: person, at: createdAt)
      return Draft("ITEM_MOVE", "MOVE", by: world.people[person], .folder(folder))
    }
    let file = activeFile()
    world.files[file].item.folder = target
    if target >= 0 { world.files[file].item.owner = world.folders[target].item.owner }
    world.files[file].item.touch(by: person, at: createdAt)
    return Draft("ITEM_MOVE", "MOVE", by: world.people[person], .file(file))
  }

  mutating func copy() -> Draft {
    let person = actor()
    let original = activeFile()
    let copy = world.addFile(
      named: world.files[original].item.name, in: activeFolder(), by: person, at: createdAt, using: &random)
    world.files[copy].size = world.files[original].size
    world.files[copy].digest = world.files[original].digest
    return Draft("ITEM_COPY", "COPY", by: world.people[person], .file(copy))
  }

  mutating func trash(file: Int, by person: Int) -> Draft {
    let file = world.files[file].item.isActive ? file : activeFile()
    world.files[file].item.trashedAt = createdAt
    world.files[file].lock = nil
    world.files[file].item.touch(by: person, at: createdAt)
    world.trashedFiles.append(file)
    return Draft("ITEM_TRASH", "DELETE", by: world.people[person], .file(file))
  }

  /// A folder goes only when nothing lies in it, so that nothing is left without a place.
  mutating func trashFolder() -> Draft {
    let person = actor()
    let folder = activeFolder()
    let isEmpty =
      !world.files.contains { $0.item.folder == folder && $0.item.isActive }
      && !world.folders.contains { $0.item.folder == folder && $0.item.isActive }
    guard folder >= 0, isEmpty else { return trash(file: activeFile(), by: person) }
    world.folders[folder].item.trashedAt = createdAt
    world.folders[folder].item.touch(by: person, at: createdAt)
    return Draft("ITEM_TRASH", "DELETE", by: world.people[person], .folder(folder))
  }

  mutating func restore() -> Draft {
    let person = actor()
    guard !world.trashedFiles.isEmpty else { return preview() }
    let file = world.trashedFiles.remove(at: random.below(world.trashedFiles.count))
    world.files[file].item.trashedAt = nil
    // What its folder was, if that is still there.
    let folder = world.files[file].item.folder
    if folder >= 0, !world.folders[folder].item.isActive { world.files[file].item.folder = -1 }
    world.files[file].item.touch(by: person, at: createdAt)
    return Draft("ITEM_UNDELETE_VIA_TRASH", "UNDELETE", by: world.people[person], .file(file))
  }

  mutating func changeSync() -> Draft {
    let person = staffMember()
    let folder = max(0, activeFolder())
    world.folders[folder].isSynced.toggle()
    let type = world.folders[folder].isSynced ? "ITEM_SYNC" : "ITEM_UNSYNC"
    var draft = Draft(type, type, by: world.people[person], .folder(folder))
    // The folder's last event as a synced one still belongs to the `sync` stream.
    draft.isOnSync = true
    return draft
  }

  mutating func addWebLink() -> Draft {
    let person = actor()
    let id = world.freshId(from: 600_000_000_000)
    let item = Item(
      id: id, name: random.pick(["Intranet", "Press review", "Supplier portal", "Wiki: Ελλάδα"]),
      folder: activeFolder(), owner: person, creator: person, modifier: person, createdAt: createdAt,
      modifiedAt: createdAt)
    world.webLinks.append(WebLink(item: item, url: "https://intranet.example.com/page/\(id % 1000)"))
    return Draft("ITEM_CREATE", nil, by: world.people[person], .webLink(world.webLinks.count - 1))
  }
}
