import Testing

@testable import BoxClient

@Suite("A piece of somebody else's text")
struct ExcerptTests {
  @Test(
    "Nothing in it can obey a terminal or break the line",
    arguments: [
      ("plain", "plain"),
      ("two\nlines\r\n", #"two\nlines\r\n"#),
      ("\u{1B}[31mred\u{7}", #"\u001b[31mred\u0007"#),
      ("\u{7F}\u{80}\u{9B}2J\u{9F}", #"\u007f\u0080\u009b2J\u009f"#),
      ("a\u{202E}b\u{2066}c\u{2069}\u{200F}", #"a\u202eb\u2066c\u2069\u200f"#),
      ("a\u{2028}b\u{2029}c\u{61C}", #"a\u2028b\u2029c\u061c"#),
      (#"say "hi" \o/"#, #"say \"hi\" \\o/"#),
      ("Grüße, 日本, 😀", "Grüße, 日本, 😀"),
      ("", ""),
    ])
  func harmless(text: String, shown: String) {
    #expect(Excerpt.plain(text) == shown)
    #expect(Excerpt.of(text) == "\"\(shown)\"")
  }

  @Test("It ends where its limit is, and says so")
  func limit() {
    #expect(Excerpt.of("abcdef", limit: 6) == #""abcdef""#)
    #expect(Excerpt.of("abcdefg", limit: 6) == #""abcdef…""#)
    #expect(Excerpt.plain(String(repeating: "x", count: 5000)) == String(repeating: "x", count: 300) + "…")
    #expect(Excerpt.of("äöü", limit: 3) == "\"ä\u{FFFD}…\"")
  }

  @Test("Bytes that are not UTF-8 are shown as replacement characters")
  func invalid() {
    let text = ([0x61, 0xFF, 0xC3] as [UInt8]).withUnsafeBytes { Excerpt.of($0) }
    #expect(text == "\"a\u{FFFD}\u{FFFD}\"")
  }

  @Test("A text that is quoted as JSON decodes to itself")
  func quoting() throws {
    var random = SplitMix64(state: 3)
    for _ in 0..<500 {
      let scalars = (0..<20).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: Bool.random(using: &random) ? 0...0x80 : 0...0x10FFFF, using: &random))
      }
      let text = String(String.UnicodeScalarView(scalars))
      let quoted = JSONString.quote(text)
      let decoded = Array(quoted.utf8.dropFirst().dropLast()).withUnsafeBytes { JSONString.unescape($0) }
      #expect(decoded.map { Array($0.utf8) } == Array(text.utf8))
      #expect(!quoted.utf8.contains { $0 < 0x20 })
    }
  }
}
