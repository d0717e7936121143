/// Sources as enterprise streams show them (PROTOCOL.md §4, source variants 2 to 4).
extension JSONWriter {
  /// - Parameter type: `file`, `folder` or `web_link`.
  mutating func itemMini(_ type: String, _ item: Item, classification: String? = nil, in world: World) {
    raw(#"{"item_type":""#)
    raw(type)
    raw(#"","item_id":"#)
    quoted(item.id)
    raw(#","item_name":"#)
    string(item.name)
    raw(#","parent":"#)
    parent(item, in: world)
    raw(#","owned_by":"#)
    raw(world.people[item.owner].mini)
    if let classification {
      raw(#","classification":{"name":"#)
      string(classification)
      raw("}")
    }
    raw("}")
  }

  mutating func collaboration(_ collaboration: Collaboration, in world: World) {
    let folder = world.folders[collaboration.folder].item
    let person = world.people[collaboration.person]
    raw(#"{"folder_id":"#)
    quoted(folder.id)
    raw(#","folder_name":"#)
    string(folder.name)
    // Who has no account here yet is known by an address only.
    if person.isExternal, !collaboration.isAccepted {
      raw(#","user_email":"#)
      string(person.login)
    } else {
      raw(#","user_id":"#)
      string(person.id)
      raw(#","user_name":"#)
      string(person.name)
    }
    raw(#","parent":"#)
    parent(folder, in: world)
    raw(#","owned_by":"#)
    raw(world.people[folder.owner].mini)
    raw("}")
  }

  mutating func group(_ group: Group) {
    raw(#"{"group_id":"#)
    quoted(group.id)
    raw(#","group_name":"#)
    string(group.name)
    raw("}")
  }

  private mutating func parent(_ item: Item, in world: World) {
    guard item.isActive else {
      raw("null")
      return
    }
    guard item.folder >= 0 else {
      raw(#"{"type":"folder","name":"All Files","id":"0"}"#)
      return
    }
    let folder = world.folders[item.folder].item
    raw(#"{"type":"folder","name":"#)
    string(folder.name)
    raw(#","id":"#)
    quoted(folder.id)
    raw("}")
  }
}
