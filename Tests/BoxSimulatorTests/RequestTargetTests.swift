import Testing

@testable import BoxSimulator

@Suite("A request's path and query")
struct RequestTargetTests {
  @Test(
    "a parameter is decoded",
    arguments: [
      ("p=1%3B2", "1;2"), ("p=a+b%2Bc", "a b+c"), ("p=%c3%A9", "é"), ("p=a=b", "a=b"), ("p", ""), ("p=", ""),
      ("p=first&p=second", "first"), ("q=1&&p=2&", "2"), ("%70=named", "named"), ("p=100%", "100%"), ("p=%4", "%4"),
      ("p=%zz%+1", "%zz% 1"), ("p=?", "?"), ("p=%00", "\0"),
    ])
  func parameter(query: String, value: String) {
    let target = RequestTarget("/2.0/events?" + query)
    #expect(target.path == "/2.0/events")
    #expect(target["p"] == value)
  }

  @Test("what is not there is nil", arguments: ["/", "/?", "/?q=1", "/?&&"])
  func missing(target: String) {
    #expect(RequestTarget(target).path == "/")
    #expect(RequestTarget(target)["p"] == nil)
    #expect(RequestTarget(nil).path == "/")
  }
}
