import Testing

@testable import RuleEngine

@Suite("What check finds in paths of fields", .timeLimit(.minutes(2)))
struct FieldCheckTests {
  private static func check(_ text: String) async throws -> [String] {
    let folder = try RuleFolder(["a.lua": text])
    let sources = try folder.sources()
    return await RuleChecker.check(sources, options: RuleOptions()).map {
      "line \($0.line): \($0.severity): \($0.message)"
    }
  }

  @Test(
    "a path that leads nowhere is doubted, with what is probably meant",
    arguments: [
      ("creatd_by.login", "events have no \"creatd_by.login\"; did you mean \"created_by.login\"?"),
      ("created_by.loggin", "events have no \"created_by.loggin\"; did you mean \"created_by.login\"?"),
      ("actor.naem", "events have no \"actor.naem\"; did you mean \"actor.name\"?"),
      ("actor.anonymos", "events have no \"actor.anonymos\"; did you mean \"actor.anonymous\"?"),
      ("sourc.name", "events have no \"sourc.name\"; did you mean \"source.name\"?"),
      ("item.size", "\"item.size\" is there in no event: item has id, name, type and parent"),
      ("item", "\"item\" as a whole cannot be compared: item.id, item.name, item.type and item.parent.id can"),
      ("event.actor.login", "events have no \"event.actor.login\"; paths begin in the event: \"actor.login\""),
      ("source.naem", "events have no \"source.naem\"; did you mean \"source.name\"?"),
      ("source.parent.nmae", "events have no \"source.parent.nmae\"; did you mean \"source.parent.name\"?"),
      ("item.parent.nam", "events have no \"item.parent.nam\"; did you mean \"item.parent.name\"?"),
      ("accessible_by.logn", "events have no \"accessible_by.logn\"; did you mean \"accessible_by.login\"?"),
      ("login", "events have no \"login\"; did you mean \"created_by.login\"?"),
      ("user.login", "events have no \"user.login\"; did you mean \"created_by.login\"?"),
      ("name", "events have no \"name\"; did you mean \"item.name\"?"),
      ("owned_by.login", "events have no \"owned_by.login\"; did you mean \"source.owned_by.login\"?"),
      (
        "brand_new_field.id",
        "no field \"brand_new_field\" of events is known; Box sends accessible_by, action_by, additional_details, "
          + "created_at, created_by, event_id, event_type, ip_address, recorded_at, session_id, source, type"
      ),
      ("ip_adress", "events have no \"ip_adress\"; did you mean \"ip_address\"?"),
    ])
  func doubted(path: String, problem: String) async throws {
    let found = try await Self.check("\nbox.on('upload', { ['\(path)'] = 'x' }, function() end)")
    #expect(found == ["line 2: warning: box.on: where: \(problem)"])
    let rule = """
      box.rule {
        id = 'r', on = 'upload', dedup_key = '\(path)', threshold = { count = 2, within = '1m', by = '\(path)' },
      }
      """
    #expect(
      try await Self.check(rule) == [
        "line 1: warning: box.rule r: dedup_key: \(problem)",
        "line 1: warning: box.rule r: threshold: by: \(problem)",
      ])
  }

  @Test(
    "what Box sends, what rules see beside it, and what may be new below a field is not doubted",
    arguments: [
      "created_by.login", "created_by", "actor.login", "actor.anonymous", "actor", "action_by.id",
      "source.owned_by.nmae",
      "source.anything.at.all", "accessible_by.id", "source.parent.id", "item.parent.type", "source.item_name",
      "item.name", "item.parent.id", "kind", "stream", "replayed", "attempt", "path",
      "details.size", "details", "additional_details.size", "event_type", "session_id",
    ])
  func plain(path: String) async throws {
    #expect(try await Self.check("box.on('upload', { ['\(path)'] = 'x' }, function() end)") == [])
    #expect(try await Self.check("box.rule { id = 'r', on = 'upload', dedup_key = '\(path)' }") == [])
  }
}
