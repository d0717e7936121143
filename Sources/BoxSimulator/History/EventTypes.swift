/// What Box's guides say about event types (PROTOCOL.md §4, `event_type` values).
enum EventTypes {
  /// Types that all three user streams show.
  static let onAllUserStreams: Set<String> = [
    "ITEM_CREATE", "ITEM_UPLOAD", "ITEM_MOVE", "ITEM_COPY", "LOCK_CREATE", "LOCK_DESTROY", "ITEM_TRASH",
    "ITEM_UNDELETE_VIA_TRASH", "COLLAB_ADD_COLLABORATOR", "COLLAB_ROLE_CHANGE", "COLLAB_INVITE_COLLABORATOR",
    "COLLAB_REMOVE_COLLABORATOR", "ITEM_SYNC", "ITEM_UNSYNC", "ITEM_RENAME", "ITEM_MAKE_CURRENT_VERSION",
    "GROUP_ADD_USER", "GROUP_REMOVE_USER",
  ]

  /// Types of user streams that `changes` and `sync` leave out.
  static let onAllOnly: Set<String> = [
    "COMMENT_CREATE", "COMMENT_DELETE", "ITEM_DOWNLOAD", "ITEM_PREVIEW", "TASK_ASSIGNMENT_CREATE", "TASK_CREATE",
    "ITEM_SHARED_CREATE", "ITEM_SHARED_UNSHARE", "ITEM_SHARED", "TAG_ITEM_CREATE", "ENABLE_TWO_FACTOR_AUTH",
    "MASTER_INVITE_ACCEPT", "MASTER_INVITE_REJECT", "ACCESS_GRANTED", "ACCESS_REVOKED",
  ]
}
