/// What happens to files: content.
extension EventGenerator {
  mutating func upload(_ name: String, into folder: Int? = nil, by person: Int? = nil) -> Draft {
    let person = person ?? actor()
    let folder = folder ?? activeFolder()
    let file = world.addFile(named: name, in: folder, by: person, at: createdAt, using: &random)
    var draft = Draft("ITEM_UPLOAD", "UPLOAD", by: world.people[person], .file(file))
    draft.details = contentDetails(file)
    return draft
  }

  mutating func edit() -> Draft {
    let file = activeFile()
    let person = actor()
    world.files[file].versionCount += 1
    world.files[file].item.sequence += 1
    world.files[file].size = max(1, world.files[file].size / 4 * 3 &+ random.below(1 << 20))
    world.addVersion(of: file, by: person, at: createdAt, using: &random)
    // rclone and cloudsync see ITEM_MODIFY on user streams too (PROTOCOL.md §4).
    var draft = Draft(
      random.chance(0.05) ? "ITEM_MODIFY" : "ITEM_UPLOAD", "EDIT", by: world.people[person], .file(file))
    draft.details = contentDetails(file)
    return draft
  }

  mutating func makeCurrent() -> Draft {
    let file = activeFile()
    let person = actor()
    world.files[file].item.sequence += 1
    world.addVersion(of: file, by: person, at: createdAt, using: &random)
    var draft = Draft("ITEM_MAKE_CURRENT_VERSION", "FILE_VERSION_RESTORE", by: world.people[person], .file(file))
    draft.details = contentDetails(file)
    return draft
  }

  mutating func download(file: Int, by person: Int, address: String?) -> Draft {
    let file = world.files[file].item.isActive ? file : activeFile()
    var draft = Draft("ITEM_DOWNLOAD", "DOWNLOAD", by: world.people[person], .file(file))
    if let address { draft.address = address }
    draft.details = contentDetails(file)
    return draft
  }

  mutating func anonymousDownload() -> Draft {
    var draft = Draft("ITEM_DOWNLOAD", "DOWNLOAD", by: .anonymous, .file(activeFile()))
    draft.address = random.chance(0.4) ? nil : People.strangeAddress(&random)
    return draft
  }

  mutating func preview() -> Draft {
    let file = activeFile()
    var draft = Draft("ITEM_PREVIEW", "PREVIEW", by: world.people[actor()], .file(file))
    draft.details = contentDetails(file)
    return draft
  }

  /// `additional_details` of content events: size, version, the service through which it was done.
  private mutating func contentDetails(_ file: Int) -> [UInt8]? {
    guard random.chance(0.9) else { return nil }
    let (id, service) = random.pick([
      ("1", "Box Web Application"), ("254429", "Box Drive"), ("4715", "Box for Android"), ("3", "Box for iPhone"),
      ("21", "Box Office Integration"),
    ])
    var writer = JSONWriter()
    writer.raw(#"{"size":"#)
    writer.size(world.files[file].size)
    writer.raw(#","ekm_id":""#)
    writer.uuid(&random)
    writer.raw(#"","version_id":"#)
    writer.quoted(world.files[file].versionId)
    writer.raw(#","service_id":"#)
    writer.string(id)
    writer.raw(#","service_name":"#)
    writer.string(service)
    writer.raw("}")
    return writer.bytes
  }
}
