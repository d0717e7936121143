import LuaHost
import Testing

@testable import boxwatch

@Suite("Hints behind errors at the prompt")
struct ReplHintTests {
  private static func hint(_ message: String) -> String? {
    FailureHint.hint(LuaFailure(.runtime, message), globals: ["box", "print", "uploads", "string.format"])
  }

  @Test(
    "what may have been meant",
    arguments: [
      ("prompt:1: attempt to call a nil value (global 'pritn')", "Did you mean print?"),
      ("prompt:1: attempt to index a nil value (global 'upload')", "Did you mean uploads?"),
      ("attempt to call a nil value (field 'increment')", nil),
      ("attempt to call a nil value (field 'inrc')", "Did you mean box.kv.incr? .help box.kv.incr explains it."),
      ("attempt to call a nil value (global 'alert')", "Did you mean box.alert? .help box.alert explains it."),
      (
        "attempt to call a nil value (method 'distnct')",
        "Did you mean window:distinct? .help window:distinct explains it."
      ),
      (
        "attempt to compare nil with number",
        "A field that is not there is nil; event:get(path, default) gives a default."
      ), ("attempt to call a table value (global 'print')", nil), ("oops", nil),
      ("attempt to call a nil value (global 'zzzzzz')", nil),
    ] as [(String, String?)])
  func hints(message: String, hint: String?) { #expect(Self.hint(message) == hint) }
}
