import Testing

@testable import BoxClient

@Suite("Where a redirect leads")
struct RedirectTests {
  static let here = "https://api.box.com/2.0/events?x=1"

  @Test(
    "A location is taken as it is, or from the host that named it",
    arguments: [
      (here, "https://api.box.com/elsewhere", "https://api.box.com/elsewhere"),
      (here, "https://other.example/x", "https://other.example/x"),
      (here, "/2.1/events?y=2", "https://api.box.com/2.1/events?y=2"),
      (here, "/login?return_to=https://api.box.com/2.0", "https://api.box.com/login?return_to=https://api.box.com/2.0"),
      (here, "//other.example/x?u=http://y", "https://other.example/x?u=http://y"),
      ("http://127.0.0.1:8484/x", "/y", "http://127.0.0.1:8484/y"),
      ("http://127.0.0.1:8484/x", "http://127.0.0.1:9000/y", "http://127.0.0.1:9000/y"),
      ("http://127.0.0.1:8484/x", "https://127.0.0.1/y", "https://127.0.0.1/y"),
      ("http://127.0.0.1:8484/x", "https://other.example/y", "https://other.example/y"),
    ])
  func followed(url: String, location: String, target: String) throws {
    #expect(try Redirect.target(location, from: url) == target)
  }

  @Test(
    "A redirect away from https, into nothing or to a relative place is refused",
    arguments: [
      (here, "http://api.box.com/2.0/events", "http://api.box.com"),
      (here, "http://other.example/x", "http://other.example"),
      (here, "ftp://other.example/x", "is no http or https URL"),
      (here, "https://user@api.box.com/x", "is no http or https URL"),
      (here, "events", "is not followed"),
      (here, "", "is not followed"),
      (here, "mailto:someone@box.com", "is not followed"),
      ("http://127.0.0.1:8484/x", "http://other.example/y", "http://other.example"),
      ("http://127.0.0.1:8484/x", "//other.example/y", "http://other.example"),
    ])
  func refused(url: String, location: String, mention: String) throws {
    let fault = try #require(throws: NetworkFault.self) { try Redirect.target(location, from: url) }
    #expect(fault.kind == .redirectRefused)
    #expect(fault.description.contains(mention))
  }
}
