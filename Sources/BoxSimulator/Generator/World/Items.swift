/// A link under which an item can be opened without an invitation.
struct SharedLink: Sendable {
  var token: UInt64
  var access: Access
  var hasPassword: Bool

  enum Access: String, Sendable, CaseIterable {
    case open, company, collaborators
  }
}

/// What files, folders and bookmarks have in common.
struct Item: Sendable {
  var id: Int
  var name: String
  /// Index of the folder that holds it; -1 is All Files.
  var folder: Int
  /// Indices of people.
  var owner: Int
  var creator: Int
  var modifier: Int
  /// Seconds since 1970.
  var createdAt: Int64
  var modifiedAt: Int64
  /// Grows with each change: `sequence_id`, `etag`.
  var sequence = 0
  var sharedLink: SharedLink?
  /// Seconds since 1970 while the item lies in the trash.
  var trashedAt: Int64?

  var isActive: Bool { trashedAt == nil }

  /// Notes a change.
  mutating func touch(by person: Int, at time: Int64) {
    sequence += 1
    modifier = person
    modifiedAt = time
  }
}

struct Folder: Sendable {
  var item: Item
  /// Kept on a computer by Box Sync: what happens in it is on the `sync` stream.
  var isSynced: Bool
}

struct FileItem: Sendable {
  var item: Item
  /// Bytes. `Int.max` stands for the size that Box writes as 1.2e+31 (PROTOCOL.md §4).
  var size: Int
  var versionId: Int
  var versionCount = 1
  /// The content's SHA-1, drawn.
  var digest: (UInt64, UInt64, UInt64)
  var classification: String?
  /// Index of the person who locked it.
  var lock: Int?
  var commentCount = 0
}

/// A bookmark: `web_link`.
struct WebLink: Sendable {
  var item: Item
  var url: String
}

/// Somebody's right to work in a folder.
struct Collaboration: Sendable {
  var id: Int
  /// Indices of the folder, the person and who invited them.
  var folder: Int
  var person: Int
  var inviter: Int
  var role: String
  var isAccepted = false

  static let roles = ["Editor", "Viewer", "Previewer", "Uploader", "Co-owner", "Viewer Uploader"]
}

struct Group: Sendable {
  var id: Int
  var name: String
}
