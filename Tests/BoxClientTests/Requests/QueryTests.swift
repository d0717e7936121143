import Testing

@testable import BoxClient

@Suite("A URL's query")
struct QueryTests {
  @Test(
    "Everything but letters, digits and four marks is percent-encoded",
    arguments: [
      ("azAZ09-._~", "azAZ09-._~"),
      ("2026-01-05T09:14:00+02:00", "2026-01-05T09%3A14%3A00%2B02%3A00"),
      ("1451002006633;5cdb8971", "1451002006633%3B5cdb8971"),
      ("a b&c=d#e?f/g%h,i", "a%20b%26c%3Dd%23e%3Ff%2Fg%25h%2Ci"),
      ("é\u{1}\n😀", "%C3%A9%01%0A%F0%9F%98%80"),
      ("", ""),
    ])
  func escape(text: String, escaped: String) {
    #expect(Query.escape(text) == escaped)
  }

  @Test("Names and values are joined in order")
  func encode() {
    #expect(Query.encode([("b", "1"), ("a", "x y"), ("b", "")]) == "b=1&a=x%20y&b=")
    #expect(Query.encode([]) == "")
  }

  @Test(
    "Parameters are appended behind those that the URL has, and before nothing",
    arguments: [
      ("https://box.example/x", "https://box.example/x?p=1%3B2"),
      ("https://box.example/x?", "https://box.example/x?p=1%3B2"),
      ("https://box.example/x?a=1", "https://box.example/x?a=1&p=1%3B2"),
      ("https://box.example/x?a=1&", "https://box.example/x?a=1&p=1%3B2"),
      ("https://box.example/x?a=1#part", "https://box.example/x?a=1&p=1%3B2"),
      ("https://box.example/x#part?no", "https://box.example/x?p=1%3B2"),
    ])
  func appending(url: String, result: String) {
    #expect(Query.appending([("p", "1;2")], to: url) == result)
  }

  @Test("Without parameters the URL stays as it is")
  func nothingToAppend() {
    #expect(Query.appending([], to: "https://box.example/x?a=1#part") == "https://box.example/x?a=1#part")
  }
}
