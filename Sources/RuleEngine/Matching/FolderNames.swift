import BoxClient

/// `event.path` (CBoxLua, `push_path`).
enum FolderNames {
  private static let entries = FieldPath("source.path_collection.entries")!

  /// The folders' names from the root, joined by `/`; nil where Box did not send them.
  static func joined(of event: Event) -> String? {
    guard let list = event.value(at: entries), list.kind == .array else { return nil }
    // Any array can be read as events, in one pass.
    guard let folders = (try? Events(array: PaddedBytes(list.text.utf8)))?.entries, !folders.isEmpty else { return nil }
    return folders.map { folder in
      (folder.flaw == .notAnObject ? folder.value : folder["name"])?.string ?? ""
    }.joined(separator: "/")
  }
}
