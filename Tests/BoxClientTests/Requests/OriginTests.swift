import BoxClient
import Testing

@Suite("Where a URL leads, and whether a token may go there")
struct OriginTests {
  @Test(
    "Scheme, host and port are read from a URL",
    arguments: [
      ("https://api.box.com", "https", "api.box.com", 443),
      ("https://api.box.com/2.0/events?x=1#y", "https", "api.box.com", 443),
      ("http://127.0.0.1:8484/2.0", "http", "127.0.0.1", 8484),
      ("HTTPS://API.Box.COM:8443?q", "https", "api.box.com", 8443),
      ("http://localhost#part", "http", "localhost", 80),
      ("http://[::1]:8484/x", "http", "[::1]", 8484),
      ("https://[2001:DB8::7]", "https", "[2001:db8::7]", 443),
      ("https://under_score.example.", "https", "under_score.example.", 443),
    ])
  func parts(url: String, scheme: String, host: String, port: Int) throws {
    let origin = try #require(Origin(url))
    #expect(origin.scheme == scheme)
    #expect(origin.host == host)
    #expect(origin.port == port)
    #expect(origin.authority == "\(host):\(port)")
    #expect(Origin(origin.description) == origin)
  }

  @Test("The usual port is left out of the description")
  func description() {
    #expect(Origin("https://api.box.com:443/x")?.description == "https://api.box.com")
    #expect(Origin("http://api.box.com:443/x")?.description == "http://api.box.com:443")
    #expect(Origin("http://[::1]:80")?.description == "http://[::1]")
  }

  @Test(
    "Text that is no plain http or https URL has no origin",
    arguments: [
      "", "api.box.com", "//api.box.com", "https:/api.box.com", "ftp://api.box.com", "file:///etc/passwd", "https://",
      "https:///path", "https://:443", "https://user@api.box.com", "https://api.box.com@evil.example",
      "https://user:secret@api.box.com/", "https://api.box.com:0", "https://api.box.com:65536",
      "https://api.box.com:99999999999999999999", "https://api.box.com:", "https://api.box.com:+443",
      "https://api.box.com:4 43", "https://api .box.com", "https://api.box.com\n", "https://[::1", "https://[]",
      "https://[::1]x",
      "https://[box.com]", "http://::1/", "https://müller.example", "https://evil.example\\.box.com",
      "https://evil.example%2F.box.com", "https://evil.example%00.box.com", "https://evil.example;.box.com",
      "https://evil.example／.box.com", " https://api.box.com", "javascript:https://api.box.com",
    ])
  func noOrigin(url: String) {
    #expect(Origin(url) == nil)
  }

  static let box = "https://api.box.com"

  @Test(
    "The token goes to the API's host and over https to Box's",
    arguments: [
      (box, "https://api.box.com/2.0/events"),
      (box, "https://API.BOX.COM/2.0/events"),
      (box, "https://api.box.com:8443/2.0/events"),
      (box, "https://box.com/x"),
      (box, "https://2.realtime.services.box.net/subscribe?channel=c1"),
      (box, "https://realtime.box.com:444/x"),
      (box, "https://a.b.c.BOX.net"),
      ("http://127.0.0.1:8484", "http://127.0.0.1:9000/realtime"),
      ("http://127.0.0.1:8484", "https://127.0.0.1/realtime"),
      ("http://[::1]:8484", "http://[::1]:8484/realtime"),
      ("http://127.0.0.1:8484", "https://realtime.box.com/x"),
      ("https://proxy.example", "https://proxy.example/2.0/events"),
    ])
  func carries(api: String, url: String) throws {
    let api = try #require(Origin(api))
    #expect(try #require(Origin(url)).mayCarryToken(of: api))
  }

  @Test(
    "The token goes nowhere else",
    arguments: [
      (box, "http://api.box.com/2.0/events"),
      (box, "http://2.realtime.services.box.net/subscribe?channel=c1"),
      (box, "https://notbox.com/x"),
      (box, "https://box.com.evil.example/x"),
      (box, "https://api-box.com/x"),
      (box, "https://box.com-evil.example/x"),
      (box, "https://evil.example/.box.com"),
      (box, "https://evil.example?.box.com"),
      (box, "https://evil.example#.box.com"),
      (box, "https://box.community/x"),
      (box, "https://box.net.example/x"),
      (box, "https://xbox.com/x"),
      (box, "https://com/x"),
      (box, "https://box.com./x"),
      (box, "https://[::1]/x"),
      (box, "https://127.0.0.1/x"),
      ("http://127.0.0.1:8484", "http://127.0.0.2:8484/x"),
      ("http://127.0.0.1:8484", "http://realtime.box.com/x"),
      ("https://proxy.example", "http://proxy.example/2.0/events"),
      ("https://proxy.example", "https://sub.proxy.example/2.0/events"),
    ])
  func doesNotCarry(api: String, url: String) throws {
    let api = try #require(Origin(api))
    #expect(try #require(Origin(url)).mayCarryToken(of: api) == false)
  }

  @Test(
    "A mark that joins the sign that ends the host does not make the path a part of it",
    arguments: ["/", "?", "#"], ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20E3}"])
  func combiningMarks(sign: String, mark: String) throws {
    let origin = try #require(Origin("https://evil.example\(sign)\(mark).box.com/x"))
    #expect(origin.host == "evil.example")
    #expect(try !origin.mayCarryToken(of: #require(Origin(Self.box))))
  }
}
