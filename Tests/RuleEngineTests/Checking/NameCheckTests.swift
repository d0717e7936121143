import Testing

@testable import RuleEngine

@Suite("What check finds in names", .timeLimit(.minutes(2)))
struct NameCheckTests {
  /// The problems of these files as text, without the folder.
  private static func check(_ texts: KeyValuePairs<String, String>) async throws -> [String] {
    let folder = try RuleFolder(texts)
    var options = RuleOptions()
    options.keepsTests = true
    let sources = try folder.sources()
    let root = try #require(sources.first?.root)
    return await RuleChecker.check(sources, options: options).map { String("\($0)".dropFirst(root.utf8.count + 1)) }
  }

  private static func handler(_ body: String) -> String { "box.on('*', function(event)\n\(body)\nend)" }

  @Test(
    "a name that stands for nothing is told inside a handler too, with its line and the nearest name",
    arguments: [
      ("box.filee.append('a', 'b')", "error: unknown name 'box.filee': it is nil here; did you mean 'box.file'?"),
      (
        "box.file.apend('a', 'b')",
        "error: unknown name 'box.file.apend': it is nil here; did you mean 'box.file.append'?"
      ),
      (
        "box.kv.shared.gett('a', event or 1)",
        "error: unknown name 'box.kv.shared.gett': it is nil here; did you mean 'box.kv.shared.get'?"
      ),
      (
        "box.kv.increase('n')",
        "error: unknown name 'box.kv.increase': it is nil here; box.kv has delete, get, incr, keys, set, shared"
      ),
      ("box.nothing_like_it()", "error: unknown name 'box.nothing_like_it': it is nil here"),
      ("print(evnt.id)", "error: unknown global 'evnt': it is nil here"),
      (
        "print(string.fromat('x'))",
        "error: unknown name 'string.fromat': it is nil here; did you mean 'string.format'?"
      ),
      (
        "seen = true",
        "warning: assigning the undeclared global 'seen' inside a function, an error in a handler: was `local` "
          + "forgotten? A variable of the whole file is declared at its top level"
      ),
      ("if box.metrics then box.metrics() end", "warning: unknown name 'box.metrics': it is nil here"),
    ])
  func inHandlers(body: String, expected: String) async throws {
    let problems = try await Self.check(["a.lua": Self.handler(body)])
    #expect(Set(problems) == ["a.lua:2: \(expected)"])
  }

  @Test("the module is known by the name that a file gives it, and so are its tables")
  func requiredModule() async throws {
    let text = "local b = require 'box'\nlocal kv = b.kv\n" + Self.handler("b.filee.append('a', 'b')\nkv.gett('n')")
    #expect(
      try await Self.check(["a.lua": text]) == [
        "a.lua:4: error: unknown name 'box.filee': it is nil here; did you mean 'box.file'?",
        "a.lua:5: error: unknown name 'box.kv.gett': it is nil here; did you mean 'box.kv.get'?",
      ])
  }

  @Test(
    "nothing is said of what is right",
    arguments: [
      "local box = { filee = print }; box.filee()",
      "local function f(box) return box.filee end; f(event)",
      "for _, box in ipairs { event } do print(box.filee) end",
      "local b = event.mine or box; b.filee()",
      "local b = box; b = event; print(b.filee)",
      "print('box.filee', [[box.filee]]) -- box.filee\n--[==[ box.filee ]==]",
      "local t = { box = { filee = 1 } }; print(t.box.filee, t['box'].filee)",
      "print(box.version:upper(), box.version.len, box.json.null, box.kv.shared.get('x'), math.pi, string.format('x'))",
      "count = count + 1; helper()",
      "local m = 'zzz'; local function set() m = 'format' end; set(); print(string[m]('%d', 3))",
      "_G['string.x'] = print; _G['string.x']()",
      "local a = box.list" + String(repeating: ".a", count: 5000),
    ])
  func right(body: String) async throws {
    let text = "count = 0\nfunction helper() end\n" + Self.handler(body)
    #expect(try await Self.check(["a.lua": text]) == [])
  }

  @Test("a file that takes other globals in place of Lua's is not looked into")
  func otherGlobals() async throws {
    let text = "local on, p = box.on, print\n_ENV = { x = 1 }\non('*', function() p(x, y) end)"
    #expect(try await Self.check(["a.lua": text]) == [])
  }

  @Test("tests know the globals of their rule file")
  func tests() async throws {
    let rule = "function double(n) return n * 2 end\n_G.half = function(n) return n / 2 end\n" + Self.handler("")
    let test = "box.test('doubles', function(t) assert(double(2) == 4 and half(2) == 1) end)"
    #expect(try await Self.check(["a.lua": rule, "a_test.lua": test]) == [])
    #expect(
      try await Self.check(["a.lua": rule, "a_test.lua": "box.test('x', function(t)\n  box.kv.gett('n') end)"]) == [
        "a_test.lua:2: error: unknown name 'box.kv.gett': it is nil here; did you mean 'box.kv.get'?"
      ])
  }

  @Test("a module that a file requires is looked at too, once")
  func modules() async throws {
    let rule = "local say = require 'lib.say'\n" + Self.handler("say(event)")
    let module = "return function(event)\n  box.alrt(event.event_type)\nend"
    #expect(
      try await Self.check(["a.lua": rule, "b.lua": rule, "lib/say.lua": module]) == [
        "lib/say.lua:2: error: unknown name 'box.alrt': it is nil here; did you mean 'box.alert'?"
      ])
  }
}
