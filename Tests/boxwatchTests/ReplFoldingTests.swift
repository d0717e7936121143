import Testing

@testable import boxwatch

@Suite("Folding of readable tables")
struct ReplFoldingTests {
  private static func list(_ count: Int, indent: String = "") -> String {
    (1...count).map { "\(indent)  \($0)," }.joined(separator: "\n")
  }

  @Test("what is short and flat stays as it is", arguments: ["{}", "{ 1, 2 }", "{\n  a = {\n    b = 1\n  }\n}", "nil"])
  func short(text: String) { #expect(Folding.folded(text) == text) }

  @Test("the rest of a long table is counted")
  func long() {
    #expect(Folding.folded("{\n\(Self.list(100))\n}") == "{\n\(Self.list(40))\n  … 60 more\n}")
  }

  @Test("one entry more is shown: a line that counts it would be as long")
  func barelyLong() {
    let text = "{\n\(Self.list(41))\n}"
    #expect(Folding.folded(text) == text)
  }

  @Test("a long table within an entry that is kept back is kept back with it")
  func nested() {
    let inner = "  {\n\(Self.list(50, indent: "  "))\n  },"
    let text = "{\n" + Array(repeating: inner, count: 43).joined(separator: "\n") + "\n}"
    let folded = Folding.folded(text)
    #expect(folded.hasSuffix("    … 10 more\n  },\n  … 3 more\n}"))
    #expect(folded.split(separator: "\n").filter { $0 == "    … 10 more" }.count == 40)
  }

  @Test("what is deep becomes one line, and what follows is shown")
  func deep() {
    let text = """
      {
        a = {
          b = {
            c = {
              d = {
                e = 1,
                f = {
                  g = 2
                }
              },
              after = 3
            }
          }
        }
      }
      """
    #expect(
      Folding.folded(text)
        == """
        {
          a = {
            b = {
              c = {
                d = { … 4 lines },
                after = 3
              }
            }
          }
        }
        """)
  }

  @Test("text that closes what nothing opened is shown whole")
  func odd() { #expect(Folding.folded("}\n{\n}\n}") == "}\n{\n}\n}") }
}
