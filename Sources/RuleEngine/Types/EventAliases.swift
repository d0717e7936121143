/// The portable names of what the user streams and the enterprise streams call differently (LUA_API, "Aliases").
enum EventAliases {
  /// The types of each alias, the user streams' first.
  static let types: [String: [String]] = [
    "create": ["ITEM_CREATE"],
    "upload": ["ITEM_UPLOAD", "UPLOAD"],
    "edit": ["ITEM_MODIFY", "EDIT"],
    "download": ["ITEM_DOWNLOAD", "DOWNLOAD"],
    "preview": ["ITEM_PREVIEW", "PREVIEW"],
    "move": ["ITEM_MOVE", "MOVE"],
    "copy": ["ITEM_COPY", "COPY"],
    "rename": ["ITEM_RENAME", "RENAME"],
    "trash": ["ITEM_TRASH", "DELETE"],
    "restore": ["ITEM_UNDELETE_VIA_TRASH", "UNDELETE"],
    "lock": ["LOCK_CREATE", "LOCK"],
    "unlock": ["LOCK_DESTROY", "UNLOCK"],
    "share": ["ITEM_SHARED", "ITEM_SHARED_CREATE", "SHARE"],
    "unshare": ["ITEM_SHARED_UNSHARE", "UNSHARE"],
    "share_update": ["ITEM_SHARED_UPDATE"],
    "sync": ["ITEM_SYNC"],
    "unsync": ["ITEM_UNSYNC"],
    "collaboration_invite": ["COLLAB_INVITE_COLLABORATOR", "COLLABORATION_INVITE"],
    "collaboration_add": ["COLLAB_ADD_COLLABORATOR", "COLLABORATION_ACCEPT"],
    "collaboration_remove": ["COLLAB_REMOVE_COLLABORATOR", "COLLABORATION_REMOVE"],
    "collaboration_role_change": ["COLLAB_ROLE_CHANGE", "COLLABORATION_ROLE_CHANGE"],
    "login": ["LOGIN", "ADMIN_LOGIN"],
    "failed_login": ["FAILED_LOGIN"],
  ]

  /// The alias of each type that has one other than its own name.
  static let aliases: [String: String] = {
    let pairs = types.flatMap { alias, types in types.map { ($0, alias) } }
    return Dictionary(uniqueKeysWithValues: pairs)
  }()
}
