import Testing

@testable import boxwatch

@Suite("completion at the prompt")
struct ReplCompletionTests {
  private static let completer = {
    var completer = Completer()
    completer.globals = ["string", "string.format", "string.find", "mine", "mine.one", "print"]
    return completer
  }()

  @Test(
    "one way to go on is taken",
    arguments: [
      ("box.get_events_w", "ith_long_polling"), ("x = box.kv.in", "cr"), ("pri", "nt"), ("string.fo", "rmat"),
      ("whi", "le"), ("event.created_by.lo", "gin"), ("e:js", "on("), ("box.on('ITEM_UPL", "OAD"), (".rep", "lay"),
      (".help box.onc", "e"), (".json of", "f"), ("mine.", "one"),
    ])
  func single(_ line: String, _ insertion: String) {
    #expect(Self.completer.complete(line).insertion == insertion)
  }

  @Test(
    "fields that events had are known, below any variable, below their aliases and in strings that are paths",
    arguments: [
      ("event.classi", "fication"), ("e.source.path_c", "ollection"), ("e.source.path_collection.tot", "al_count"),
      ("e.actor.emp", "loyee"), ("e.item.parent.sh", "ared"), ("box.on('upload', { ['source.path_c", "ollection"),
      ("event:get('source.path_c", "ollection"), ("threshold = { by = 'created_by.emp", "loyee"), ("e.else", "where"),
    ])
  func seenFields(_ line: String, _ insertion: String) {
    var completer = Self.completer
    let event =
      #"{"classification":1,"created_by":{"employee":1},"source":{"path_collection":{"total_count":1},"parent":{"shared":1}}}"#
    completer.seen.add(Array(event.utf8))
    completer.fields = ["elsewhere"]
    #expect(completer.complete(line).insertion == insertion)
  }

  @Test("inside a field its own fields are offered, not those of others")
  func inside() {
    var completer = Self.completer
    completer.seen.add(Array(#"{"source":{"owned_by":{"login":"x"}}}"#.utf8))
    #expect(completer.complete("e.source.owned_by.").candidates == ["e.source.owned_by.login"])
    #expect(!completer.complete("e.").candidates.contains("e.source.owned_by"))
  }

  @Test("an attached prompt offers what works there")
  func attached() {
    #expect(Completer(isAttached: true).complete(".rep").candidates.isEmpty)
    #expect(Completer(isAttached: true).complete(".ru").insertion == "les")
    let (own, attached) = (
      ReplHelp.overview(isAttached: false, columns: 80), ReplHelp.overview(isAttached: true, columns: 80)
    )
    for word in [".replay", "box.on ", "box.cron", "box.test"] {
      #expect(own.contains(word) && !attached.contains(word))
    }
    for word in [".explain", ".rules", "box.kv.get", "box.events"] { #expect(attached.contains(word)) }
    #expect(ReplHelp.command("replay", isAttached: true) == nil)
  }

  @Test("files are offered behind .load and .replay, folders with a slash")
  func files() throws {
    let scratch = try ScratchFolder()
    for name in ["rules/uploads.lua", "rules/upper/x.lua", "rules/.hidden"] { try scratch.write(name, "") }
    let folder = scratch.path("rules/")
    for command in [".load", ".replay"] {
      #expect(Self.completer.complete("\(command) \(folder)/upl").insertion == "oads.lua")
      #expect(Self.completer.complete("\(command) \(folder)/upp").insertion == "er/")
      #expect(Self.completer.complete("\(command) \(folder)/").candidates.count == 2)
    }
  }

  @Test("several ways are listed, and what they share is taken")
  func several() {
    let completion = Self.completer.complete("string.f")
    #expect(completion.candidates == ["string.find", "string.format"])
    #expect(completion.insertion == "")
    #expect(completion.listing(columns: 40) == "string.find    string.format\n")
    #expect(completion.listing(columns: 10) == "string.find\nstring.format\n")
  }

  @Test("nothing is made up", arguments: ["", "nosuch", "box.nosuch", "1 + ", ".nosuch "])
  func none(_ line: String) {
    #expect(Self.completer.complete(line).candidates == [])
  }

  @Test(
    "a string that is closed is none",
    arguments: [("'a' .. ", nil), ("\"a\\\"b", "a\\\"b"), ("f('x", "x")] as [(String, String?)])
  func strings(_ line: String, _ open: String?) {
    #expect(Completer.openString(line) == open)
  }

  @Test("rows of a line with wide letters: one that does not fit goes to the next row")
  func rows() {
    func rows(_ text: String) -> Int { TerminalRows.count(text, columns: 5) { $0.isASCII ? 1 : 2 } }
    #expect(rows("abcd") == 0)
    #expect(rows("abcde") == 1)
    #expect(rows("abcd漢") == 1)
    #expect(rows("abcd漢漢") == 1)
    #expect(rows("漢漢漢漢漢") == 2)
    #expect(rows("a\nb") == 1)
  }
}
