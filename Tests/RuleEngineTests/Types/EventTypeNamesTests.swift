import BoxClient
import Testing

@testable import RuleEngine

@Suite("Names of event types")
struct EventTypeNamesTests {
  @Test(
    "A type stands for itself, an alias for the types of both kinds of stream",
    arguments: [
      ("ITEM_UPLOAD", ["ITEM_UPLOAD"]), ("upload", ["ITEM_UPLOAD", "UPLOAD"]),
      ("download", ["ITEM_DOWNLOAD", "DOWNLOAD"]),
      ("trash", ["ITEM_TRASH", "DELETE"]), ("share", ["ITEM_SHARED", "ITEM_SHARED_CREATE", "SHARE"]),
      ("failed_login", ["FAILED_LOGIN"]), ("shield_alert", ["SHIELD_ALERT"]), ("*", ["*"]),
    ])
  func resolved(name: String, types: [String]) {
    let answer = EventTypeNames.resolve(name)
    #expect(answer.types == types)
    #expect(answer.warning == nil)
  }

  @Test(
    "An unknown name stands for a type all the same, and the nearest known one is suggested",
    arguments: [
      ("ITEM_UPLAOD", "ITEM_UPLAOD", "unknown event type \"ITEM_UPLAOD\": did you mean \"ITEM_UPLOAD\"?"),
      ("dowload", "DOWLOAD", "unknown event type \"dowload\": did you mean \"download\"?"),
      ("Upload", "Upload", "unknown event type \"Upload\": did you mean \"UPLOAD\"?"),
      (
        "BRAND_NEW_THING", "BRAND_NEW_THING",
        "unknown event type \"BRAND_NEW_THING\": it is not in Box's lists, which are not complete"
      ),
      (
        "item_upload", "ITEM_UPLOAD",
        "\"item_upload\" is no alias; write \"ITEM_UPLOAD\" for that type or \"upload\" for it on every stream"
      ),
    ])
  func unknown(name: String, type: String, warning: String) {
    let answer = EventTypeNames.resolve(name)
    #expect(answer.types == [type])
    #expect(answer.warning == warning)
  }

  @Test("A type that cannot occur on the watched streams is told, with what to write")
  func wrongStream() {
    #expect(EventTypeNames.resolve("ITEM_UPLOAD", on: [.changes]).warning == nil)
    #expect(EventTypeNames.resolve("upload", on: [.adminLogs]).warning == nil)
    #expect(EventTypeNames.resolve("ITEM_UPLOAD", on: [.adminLogs, .all]).warning == nil)
    #expect(EventTypeNames.resolve("FAVORITE", on: [.sync]).warning == nil)
    #expect(
      EventTypeNames.resolve("ITEM_UPLOAD", on: [.adminLogs]).warning
        == "event type \"ITEM_UPLOAD\" does not occur on admin_logs: \"upload\" stands for ITEM_UPLOAD, UPLOAD")
    #expect(
      EventTypeNames.resolve("failed_login", on: [.all, .changes]).warning
        == "event type \"failed_login\" does not occur on all, changes: it occurs on admin_logs, admin_logs_streaming")
    #expect(
      EventTypeNames.resolve("COMMENT_CREATE", on: [.sync]).warning
        == "event type \"COMMENT_CREATE\" does not occur on sync: it occurs on all, admin_logs, admin_logs_streaming")
  }

  @Test(
    "Who asks a stream for a type by a name that it never has is told the name there, or the other streams",
    arguments: [
      ("ITEM_UPLOAD", .all, nil), ("UPLOAD", .adminLogs, nil), ("FAVORITE", .sync, nil),
      (
        "ITEM_UPLOAD", .adminLogs, "event type \"ITEM_UPLOAD\" does not occur on admin_logs: there it is UPLOAD"
      ),
      ("DOWNLOAD", .all, "event type \"DOWNLOAD\" does not occur on all: there it is ITEM_DOWNLOAD"),
      (
        "FAILED_LOGIN", .all,
        "event type \"FAILED_LOGIN\" does not occur on all: it occurs on admin_logs, admin_logs_streaming"
      ),
      (
        "DOWNLOAD", .sync,
        "event type \"DOWNLOAD\" does not occur on sync: it occurs on admin_logs, admin_logs_streaming"
      ),
      ("ITEM_UPLAOD", .all, "unknown event type \"ITEM_UPLAOD\": did you mean \"ITEM_UPLOAD\"?"),
      ("NEW_THING", .all, "unknown event type \"NEW_THING\": it is not in Box's lists, which are not complete"),
      ("upload", .all, "event type \"upload\" is none of Box's names: on all it is ITEM_UPLOAD"),
      ("item_upload", .all, "event type \"item_upload\" is none of Box's names: on all it is ITEM_UPLOAD"),
      ("item_upload", .adminLogs, "event type \"item_upload\" is none of Box's names: Box calls it ITEM_UPLOAD"),
    ] as [(String, StreamType, String?)])
  func asking(name: String, stream: StreamType, warning: String?) {
    #expect(EventTypeNames.warning(asking: name, of: stream) == warning)
  }

  @Test("The kind of an event is its portable alias, or its type in small letters")
  func kinds() {
    #expect(EventTypeNames.kind(of: "UPLOAD") == "upload")
    #expect(EventTypeNames.kind(of: "ITEM_UNDELETE_VIA_TRASH") == "restore")
    #expect(EventTypeNames.kind(of: "SHIELD_ALERT") == "shield_alert")
    #expect(EventTypeNames.kind(of: "NEVER_HEARD_OF") == "never_heard_of")
  }

  @Test("Every type of an alias is a known one, and the lists have all of Box's types once")
  func tables() {
    for type in EventAliases.types.values.joined() { #expect(KnownEventTypes.occurrences[type] != nil, "\(type)") }
    #expect(KnownEventTypes.occurrences.count == 202)
  }

  @Test("A nearest name has few slips, and a swap is one of them")
  func nearest() {
    let names = ["share", "shore", "unshare", "download"]
    #expect(NearestName.nearest(to: "sahre", in: names) == "share")
    #expect(NearestName.nearest(to: "shre", in: names) == "share")
    #expect(NearestName.nearest(to: "SHORE", in: names) == "shore")
    #expect(NearestName.nearest(to: "donwlaod", in: names) == "download")
    #expect(NearestName.nearest(to: "lock", in: names) == nil)
    #expect(NearestName.nearest(to: "", in: names) == nil)
    #expect(NearestName.nearest(to: String(repeating: "x", count: 100_000), in: names) == nil)
  }
}
