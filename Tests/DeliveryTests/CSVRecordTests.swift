import Delivery
import Testing

@Suite("Rows of CSV")
struct CSVRecordTests {
  private func row(_ cells: CSVRecord.Cell..., formulas: Bool = false) -> String {
    String(decoding: CSVRecord.encode(cells, formulas: formulas), as: UTF8.self)
  }

  @Test("Cells stand between commas, and the row ends with CRLF")
  func plain() {
    #expect(row(.init("a"), .init("b c"), .init(" d ")) == "a,b c, d \r\n")
    #expect(row(.init("日本"), .init("na\u{EF}ve 🎉")) == "日本,na\u{EF}ve 🎉\r\n")
  }

  @Test(
    "Commas, quotes and line breaks put a cell into quotes",
    arguments: [
      ("a,b", #""a,b""#), (#"say "hi""#, #""say ""hi""""#), ("\"", #""""""#), ("a\nb", "\"a\nb\""),
      ("a\rb", "\"a\rb\""), ("a\r\nb", "\"a\r\nb\""), ("it's; fine\t", "it's; fine\t"),
    ])
  func quotes(_ text: String, _ expected: String) {
    #expect(row(.init(text)) == expected + "\r\n")
  }

  @Test(
    "Text that a spreadsheet would compute gets an apostrophe, unless formulas are wanted",
    arguments: [
      ("=1+1", "'=1+1", "=1+1"), ("+49 30", "'+49 30", "+49 30"), ("-5", "'-5", "-5"),
      ("@SUM(A1)", "'@SUM(A1)", "@SUM(A1)"),
      ("\tx", "'\tx", "\tx"), ("\rx", "\"'\rx\"", "\"\rx\""),
      (#"=HYPERLINK("http://x","y")"#, #""'=HYPERLINK(""http://x"",""y"")""#, #""=HYPERLINK(""http://x"",""y"")""#),
    ])
  func formulas(_ text: String, _ guarded: String, _ open: String) {
    #expect(row(.init(text)) == guarded + "\r\n")
    #expect(row(.init(text), formulas: true) == open + "\r\n")
  }

  @Test("Only the first character counts")
  func inner() {
    #expect(row(.init("a=b"), .init("1-2"), .init(" =x")) == "a=b,1-2, =x\r\n")
  }

  @Test("Numbers are written as they are, negative ones too")
  func numbers() {
    #expect(row(.integer(-5), .integer(.min), .number(-0.5), .number(0.1)) == "-5,-9223372036854775808,-0.5,0.1\r\n")
    #expect(row(.boolean(true), .boolean(false)) == "true,false\r\n")
  }

  @Test("What is no number to a spreadsheet is guarded like text")
  func notFinite() {
    #expect(row(.number(-.infinity), .number(.infinity), .number(.nan)) == "'-inf,inf,nan\r\n")
    #expect(row(.number(-.infinity), formulas: true) == "-inf\r\n")
  }

  @Test("Empty cells keep their place, and a row of one is no blank line")
  func empty() {
    #expect(row(.empty, .init(""), .init("x"), .empty) == ",,x,\r\n")
    #expect(row(.empty) == "\"\"\r\n")
    #expect(row(.init("")) == "\"\"\r\n")
  }

  @Test("Bytes that are not UTF-8 stay as they are")
  func bytes() {
    #expect(CSVRecord.encode([.text([0xFF, 0x2C])]) == [0x22, 0xFF, 0x2C, 0x22, 0x0D, 0x0A])
  }
}
