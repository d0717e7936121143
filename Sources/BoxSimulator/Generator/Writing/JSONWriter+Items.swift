/// Full items, as user streams show them (PROTOCOL.md §4, source variant 1).
extension JSONWriter {
  mutating func file(_ file: FileItem, in world: World) {
    raw(#"{"type":"file","id":"#)
    quoted(file.item.id)
    raw(#","file_version":{"type":"file_version","id":"#)
    quoted(file.versionId)
    raw(#","sha1":"#)
    digest(file.digest)
    raw("},")
    sequence(file.item)
    raw(#","sha1":"#)
    digest(file.digest)
    raw(#","name":"#)
    string(file.item.name)
    raw(#","description":"","size":"#)
    size(file.size)
    raw(",")
    placeAndPeople(file.item, in: world)
    raw("}")
  }

  mutating func folder(_ folder: Folder, in world: World) {
    raw(#"{"type":"folder","id":"#)
    quoted(folder.item.id)
    raw(",")
    sequence(folder.item)
    raw(#","name":"#)
    string(folder.item.name)
    raw(#","description":"","size":0,"#)
    placeAndPeople(folder.item, in: world)
    raw("}")
  }

  mutating func webLink(_ link: WebLink, in world: World) {
    raw(#"{"type":"web_link","id":"#)
    quoted(link.item.id)
    raw(",")
    sequence(link.item)
    raw(#","name":"#)
    string(link.item.name)
    raw(#","url":"#)
    string(link.url)
    raw(#","description":"","#)
    placeAndPeople(link.item, in: world)
    raw("}")
  }

  /// A folder as parents and paths show it; -1 is the root, which has neither `sequence_id` nor `etag`.
  mutating func folderMini(_ folder: Int, in world: World) {
    guard folder >= 0 else {
      raw(#"{"type":"folder","id":"0","sequence_id":null,"etag":null,"name":"All Files"}"#)
      return
    }
    let item = world.folders[folder].item
    raw(#"{"type":"folder","id":"#)
    quoted(item.id)
    raw(",")
    sequence(item)
    raw(#","name":"#)
    string(item.name)
    raw("}")
  }

  mutating func size(_ size: Int) {
    if size == .max { raw("1.2e+31") } else { number(size) }
  }

  private mutating func sequence(_ item: Item) {
    raw(#""sequence_id":"#)
    quoted(item.sequence)
    raw(#","etag":"#)
    quoted(item.sequence)
  }

  private mutating func digest(_ digest: (UInt64, UInt64, UInt64)) {
    raw("\"")
    hexadecimal(digest.0, digits: 16)
    hexadecimal(digest.1, digits: 16)
    hexadecimal(digest.2, digits: 8)
    raw("\"")
  }

  /// The members from `path_collection` to `synced`. What lies in the trash has neither path nor parent.
  private mutating func placeAndPeople(_ item: Item, in world: World) {
    raw(#""path_collection":"#)
    path(item.isActive ? item.folder : nil, in: world)
    raw(#","created_at":"#)
    quotedTimestamp(item.createdAt)
    raw(#","modified_at":"#)
    quotedTimestamp(item.modifiedAt)
    raw(#","trashed_at":"#)
    timestamp(orNull: item.trashedAt)
    raw(#","purged_at":"#)
    timestamp(orNull: item.trashedAt.map { $0 + 30 * 86400 })
    raw(#","content_created_at":"#)
    quotedTimestamp(item.createdAt - 60)
    raw(#","content_modified_at":"#)
    quotedTimestamp(item.modifiedAt - 60)
    raw(#","created_by":"#)
    raw(world.people[item.creator].mini)
    raw(#","modified_by":"#)
    raw(world.people[item.modifier].mini)
    raw(#","owned_by":"#)
    raw(world.people[item.owner].mini)
    raw(#","shared_link":"#)
    sharedLink(item.sharedLink)
    raw(#","parent":"#)
    if item.isActive { folderMini(item.folder, in: world) } else { raw("null") }
    raw(#","item_status":"#)
    raw(item.isActive ? #""active""# : #""trashed""#)
    raw(#","synced":"#)
    boolean(item.isActive && world.isSynced(item.folder))
  }

  private mutating func timestamp(orNull seconds: Int64?) {
    if let seconds { quotedTimestamp(seconds) } else { raw("null") }
  }

  /// The folders from the root down; nil is no path.
  private mutating func path(_ folder: Int?, in world: World) {
    guard let folder else {
      raw(#"{"total_count":0,"entries":[]}"#)
      return
    }
    var way: [Int] = []
    var current = folder
    while current >= 0 {
      way.append(current)
      current = world.folders[current].item.folder
    }
    raw(#"{"total_count":"#)
    number(way.count + 1)
    raw(#","entries":["#)
    folderMini(-1, in: world)
    for folder in way.reversed() {
      raw(",")
      folderMini(folder, in: world)
    }
    raw("]}")
  }

  private mutating func sharedLink(_ link: SharedLink?) {
    guard let link else {
      raw("null")
      return
    }
    raw(#"{"url":"https://example.app.box.com/s/"#)
    hexadecimal(link.token, digits: 16)
    raw(#"","download_url":null,"vanity_url":null,"vanity_name":null,"access":""#)
    raw(link.access.rawValue)
    raw(#"","effective_access":""#)
    raw(link.access.rawValue)
    raw(#"","effective_permission":"can_download","unshared_at":null,"is_password_enabled":"#)
    boolean(link.hasPassword)
    raw(#","permissions":{"can_download":true,"can_preview":true,"can_edit":false},"#)
    raw(#""download_count":0,"preview_count":0}"#)
  }
}
