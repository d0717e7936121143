import BoxClient
import Testing

@testable import RuleEngine

private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_800_000_000 + seconds) }
private func json(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite("A store of keys and values")
struct KeyValueStoreTests {
  @Test("A value lives until its time is over, then it reads as missing")
  func timeToLive() {
    var store = KeyValueStore()
    store.set("a", json("1"), timeToLive: .seconds(60), at: at(0))
    store.set("b", json("2"), at: at(0))
    #expect(store.get("a", at: at(59)) == json("1"))
    #expect(store.get("a", at: at(60)) == nil)
    #expect(store.keys(prefix: "", at: at(60)) == ["b"])
    #expect(store.sweep(at: at(60)) == [ByteKey("a")])
    #expect(store.entries.count == 1)
  }

  @Test("Setting without a time to live takes an earlier one away, counting up keeps it")
  func keepsEnd() throws {
    var store = KeyValueStore()
    store.set("a", json("1"), timeToLive: .seconds(60), at: at(0))
    #expect(try store.increment("a", at: at(30)) == .integer(2))
    #expect(store.get("a", at: at(60)) == nil)
    // What is over counts from 0 again, and for ever.
    #expect(try store.increment("a", at: at(60)) == .integer(1))
    #expect(store.get("a", at: at(1_000_000)) == json("1"))
    store.set("b", json("1"), timeToLive: .seconds(60), at: at(0))
    store.set("b", json("1"), at: at(0))
    #expect(store.get("b", at: at(60)) != nil)
  }

  @Test("Keys with a prefix come in the order of their bytes")
  func keys() {
    var store = KeyValueStore()
    for key in ["b", "a:2", "a:10", "a:é", "A:1", "a:z"] { store.set(key, json("1"), at: at(0)) }
    #expect(store.keys(prefix: "a:", at: at(0)) == ["a:10", "a:2", "a:z", "a:é"])
    store.delete("a:2")
    #expect(store.keys(prefix: "a:", at: at(0)) == ["a:10", "a:z", "a:é"])
  }

  @Test(
    "Counting up keeps integers integers and reals reals",
    arguments: [
      ("5", .integer(2), "7"), ("5", .real(0.5), "5.5"), ("5.0", .integer(1), "6.0"), ("-1", .integer(-1), "-2"),
      ("9223372036854775806", .integer(1), "9223372036854775807"), ("1e3", .integer(1), "1001.0"),
      ("9223372036854775808", .integer(0), "9.223372036854776e+18"),
    ] as [(String, JSONNumber, String)])
  func increment(value: String, step: JSONNumber, sum: String) throws {
    var store = KeyValueStore()
    store.set("n", json(value), at: at(0))
    let result = try store.increment("n", by: step, at: at(0))
    #expect(store.get("n", at: at(0)) == json(sum))
    #expect(JSONNumber(json: json(sum)) == result)
  }

  @Test("What is no number, and what becomes too large, is an error that changes nothing")
  func incrementErrors() throws {
    var store = KeyValueStore()
    for (value, found) in [("\"5\"", "text"), ("{}", "table"), ("true", "boolean"), ("[1]", "table")] {
      store.set("n", json(value), at: at(0))
      let error = try #require(throws: KeyValueError.self) { try store.increment("n", at: at(0)) }
      #expect(
        error.description
          == "the value of \"n\" cannot be counted up (number expected, got \(found)); set or delete it first")
      #expect(store.get("n", at: at(0)) == json(value))
    }
    store.set("n", json("9223372036854775807"), at: at(0))
    let error = try #require(throws: KeyValueError.self) { try store.increment("n", at: at(0)) }
    #expect(
      error.description
        == "the value of \"n\" cannot be counted up: 9223372036854775807 + 1 is too large a number")
    store.set("n", json("1e308"), at: at(0))
    #expect(throws: KeyValueError.self) { try store.increment("n", by: .real(1.7e308), at: at(0)) }
  }

  @Test(
    "Only what JSON takes for a number is one",
    arguments: ["+1", "01", "1.", ".5", "0x10", "nan", "inf", " 1", "1e", "-", "", "1e999"])
  func noNumber(text: String) {
    #expect(JSONNumber(json: json(text)) == nil)
  }

  @Test("A handler reads what it wrote; when it fails, all of it is taken back")
  func rollBack() throws {
    var store = KeyValueStore()
    store.set("kept", json("1"), timeToLive: .seconds(60), at: at(0))
    store.set("gone", json("2"), at: at(0))
    let before = store.entries
    store.begin()
    store.set("kept", json("9"), at: at(1))
    store.set("new", json("3"), at: at(1))
    store.delete("gone")
    store.delete("never there")
    _ = try store.increment("kept", at: at(1))
    _ = try store.increment("new", at: at(1))
    #expect(store.get("kept", at: at(1)) == json("10"))
    #expect(store.keys(prefix: "", at: at(1)) == ["kept", "new"])
    store.rollBack()
    #expect(store.entries == before)
    store.begin()
    store.delete("gone")
    store.set("x", json("1"), at: at(1))
    #expect(store.commit() == [ByteKey("gone"), ByteKey("x")])
    #expect(store.get("gone", at: at(1)) == nil)
  }

  @Test("A closed journal keeps nothing")
  func closed() {
    var store = KeyValueStore()
    store.set("a", json("1"), at: at(0))
    #expect(store.journal.count == 0)
    store.begin()
    store.set("a", json("2"), at: at(0))
    #expect(store.journal.count == 1)
    store.commit()
    #expect(store.journal.count == 0)
  }
}

@Suite("A handler's writes into a shared store")
struct KeyValueOverlayTests {
  @Test("The handler reads what it wrote, others do not until it commits")
  func aside() {
    var store = KeyValueStore()
    store.set("a", json("1"), at: at(0))
    store.set("b", json("2"), at: at(0))
    var overlay = KeyValueOverlay()
    overlay.set("a", json("9"), at: at(0))
    overlay.set("c", json("3"), timeToLive: .seconds(60), at: at(0))
    overlay.delete("b")
    #expect(overlay.get("a", in: store, at: at(0)) == json("9"))
    #expect(overlay.get("b", in: store, at: at(0)) == nil)
    #expect(overlay.keys(prefix: "", in: store, at: at(0)) == ["a", "c"])
    #expect(overlay.keys(prefix: "", in: store, at: at(60)) == ["a"])
    #expect(store.keys(prefix: "", at: at(0)) == ["a", "b"])
    #expect(overlay.apply(to: &store, at: at(0)) == [ByteKey("a"), ByteKey("b"), ByteKey("c")])
    #expect(store.keys(prefix: "", at: at(0)) == ["a", "c"])
  }

  @Test("Two handlers that count the same key at the same time both count")
  func bothCount() throws {
    var store = KeyValueStore()
    store.set("n", json("5"), at: at(0))
    var one = KeyValueOverlay()
    var other = KeyValueOverlay()
    #expect(try one.increment("n", in: store, at: at(0)) == .integer(6))
    #expect(try other.increment("n", by: .integer(10), in: store, at: at(0)) == .integer(15))
    #expect(try one.increment("n", in: store, at: at(0)) == .integer(7))
    #expect(try one.increment("new", in: store, at: at(0)) == .integer(1))
    one.apply(to: &store, at: at(0))
    other.apply(to: &store, at: at(0))
    #expect(store.get("n", at: at(0)) == json("17"))
    #expect(store.get("new", at: at(0)) == json("1"))
  }

  @Test("Counting what the handler has set or deleted sets it")
  func countsOwn() throws {
    var store = KeyValueStore()
    store.set("n", json("5"), at: at(0))
    store.set("m", json("5"), at: at(0))
    var overlay = KeyValueOverlay()
    overlay.set("n", json("100"), at: at(0))
    #expect(try overlay.increment("n", in: store, at: at(0)) == .integer(101))
    overlay.delete("m")
    #expect(try overlay.increment("m", in: store, at: at(0)) == .integer(1))
    _ = try store.increment("n", at: at(0))
    overlay.apply(to: &store, at: at(0))
    #expect(store.get("n", at: at(0)) == json("101"))
    #expect(store.get("m", at: at(0)) == json("1"))
  }

  @Test("Where the key holds no number any more, what the handler saw is stored")
  func noNumberAnyMore() throws {
    var store = KeyValueStore()
    store.set("n", json("5"), at: at(0))
    var overlay = KeyValueOverlay()
    #expect(try overlay.increment("n", in: store, at: at(0)) == .integer(6))
    store.set("n", json("\"text\""), at: at(0))
    overlay.apply(to: &store, at: at(0))
    #expect(store.get("n", at: at(0)) == json("6"))
  }
}
