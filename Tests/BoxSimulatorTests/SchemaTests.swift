import Testing

@testable import BoxSimulator

/// The types of an object's members, by hand from Box's specification (schemas Event, User--Mini, File, Folder,
/// EventSource) and from what PROTOCOL.md §4 adds to it. The whole specification is checked by
/// `Tests/Conformance/validate_simulator.py`.
private indirect enum Shape: Sendable {
  case text, number, boolean, time, anything
  case nullable(Shape)
  case list(Shape)
  /// Members that must be there.
  case object([String: Shape])

  /// Where a value departs from the shape; nil where it does not.
  func flaw(in value: JSON, at path: String) -> String? {
    switch self {
    case .anything: return nil
    case .text: return value.string == nil ? "\(path) is no text" : nil
    case .number: return value.isNumber ? nil : "\(path) is no number"
    case .boolean: return value == JSON.boolean(true) || value == JSON.boolean(false) ? nil : "\(path) is no boolean"
    case .time:
      return value.string.flatMap { Timestamp.secondsSince1970($0) } == nil ? "\(path) is no time" : nil
    case .nullable(let shape): return value == .null ? nil : shape.flaw(in: value, at: path)
    case .list(let shape):
      guard value.isList else { return "\(path) is no list" }
      return value.values.compactMap { shape.flaw(in: $0, at: path + "[]") }.first
    case .object(let members):
      for (key, shape) in members {
        guard value.keys.contains(key) else { return "\(path) has no \(key)" }
        if let flaw = shape.flaw(in: value[key], at: "\(path).\(key)") { return flaw }
      }
      return nil
    }
  }

  static let user = Shape.object(["type": .text, "id": .text, "name": .text, "login": .text])
  static let folderMini = Shape.object([
    "type": .text, "id": .text, "name": .text, "sequence_id": .nullable(.text), "etag": .nullable(.text),
  ])
  static let link = Shape.object([
    "url": .text, "access": .text, "effective_access": .text, "effective_permission": .text,
    "is_password_enabled": .boolean, "download_count": .number, "preview_count": .number,
  ])
  static let item: [String: Shape] = [
    "type": .text, "id": .text, "name": .text, "sequence_id": .text, "etag": .text, "created_at": .time,
    "modified_at": .time, "trashed_at": .nullable(.time), "purged_at": .nullable(.time), "created_by": user,
    "modified_by": user, "owned_by": user, "shared_link": .nullable(link), "parent": .nullable(folderMini),
    "item_status": .text, "path_collection": .object(["total_count": .number, "entries": .list(folderMini)]),
  ]
  static let file = Shape.object(
    item.merging([
      "size": .number, "sha1": .text, "file_version": .object(["type": .text, "id": .text, "sha1": .text]),
    ]) { $1 })
  static let folder = Shape.object(item.merging(["size": .number]) { $1 })
  static let itemMini = Shape.object([
    "item_type": .text, "item_id": .text, "item_name": .text, "owned_by": user,
    "parent": .nullable(.object(["type": .text, "id": .text, "name": .text])),
  ])
  static let userEvent = Shape.object([
    "type": .text, "event_id": .text, "event_type": .text, "created_at": .time, "recorded_at": .time,
    "created_by": user, "session_id": .nullable(.text), "source": .anything,
  ])
  static let enterpriseEvent = Shape.object([
    "type": .text, "event_id": .text, "event_type": .text, "created_at": .time, "created_by": user,
    "action_by": .nullable(user), "ip_address": .text, "session_id": .nullable(.text),
    "additional_details": .nullable(.object([:])),
  ])
}

@Suite("Field types")
struct SchemaTests {
  @Test("of events and their sources are those of Box's specification", arguments: [1, 7, 42] as [UInt64])
  func events(seed: UInt64) async throws {
    try await Simulation.run(
      .with {
        $0.backlog = 3000
        $0.seed = seed
      }
    ) { simulation in
      var seen: Set<String> = []
      for type in ["all", "changes", "admin_logs"] {
        for event in try await simulation.pages("stream_type=\(type)&limit=500").flatMap(\.events) {
          let shape = type == "admin_logs" ? Shape.enterpriseEvent : .userEvent
          let name = event["event_type"].string ?? ""
          #expect(shape.flaw(in: event, at: name) == nil)
          let source = event["source"]
          let (kind, sourceShape) = Self.shape(of: source)
          #expect(sourceShape.flaw(in: source, at: "\(name).source") == nil)
          seen.insert(kind)
        }
      }
      #expect(seen.isSuperset(of: ["file", "folder", "web_link", "user", "item", "collaboration", "none"]))
    }
  }

  private static func shape(of source: JSON) -> (String, Shape) {
    if source == .null { return ("none", .anything) }
    if source["item_type"].string != nil { return ("item", .itemMini) }
    if source["folder_id"].string != nil {
      return ("collaboration", .object(["folder_name": .text, "owned_by": .user]))
    }
    switch source["type"].string {
    case "file": return ("file", .file)
    case "folder": return ("folder", .folder)
    case "web_link": return ("web_link", .object(Shape.item))
    case "user" where source["id"].string != nil: return ("user", .user)
    default: return ("other", .object([:]))
    }
  }
}
