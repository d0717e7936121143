import NIOHTTP1
import Testing

@testable import BoxClient

@Suite("The header Retry-After")
struct RetryAfterTests {
  @Test(
    "Seconds are waited for as they are, a day at most",
    arguments: [
      ("0", .zero), ("2", .seconds(2)), ("0.25", .milliseconds(250)), (" 7\t", .seconds(7)),
      ("86400", .seconds(86_400)),
      ("86401", .seconds(86_400)), ("99999999999999999999", .seconds(86_400)),
    ] as [(String, Duration)])
  func seconds(value: String, wait: Duration) {
    #expect(RetryAfter.parse(["retry-after": value]) == wait)
    #expect(RetryAfter.parse(["Retry-After": value]) == wait)
  }

  @Test(
    "What cannot be read says nothing",
    arguments: [
      "", " ", "-1", "-0.5", "soon", "nan", "inf", "-inf", "1e400", "7 s", "1,5", "Sun, 06 Nov 1994",
      "06 Nov 1994 08:49:37",
      "Sun, 06 Nov 9223372036854775807 08:49:37 GMT", "Sun, 06 Nov -9223372036854775807 08:49:37 GMT",
    ])
  func unreadable(value: String) {
    #expect(RetryAfter.parse(["retry-after": value]) == nil)
  }

  @Test("Without the header there is no wait")
  func missing() {
    #expect(RetryAfter.parse(["date": "Sun, 06 Nov 1994 08:49:37 GMT"]) == nil)
  }

  @Test(
    "A date is measured against the answer's own clock",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", .zero), ("Sun, 06 Nov 1994 08:50:07 GMT", .seconds(30)),
      ("Sun, 06 Nov 1994 08:49:00 GMT", .zero), ("Mon, 07 Nov 1994 00:00:00 GMT", .seconds(54_623)),
      ("Wed, 06 Nov 2094 08:49:37 GMT", .seconds(86_400)),
    ] as [(String, Duration)])
  func date(value: String, wait: Duration) {
    #expect(RetryAfter.parse(["retry-after": value, "date": "Sun, 06 Nov 1994 08:49:37 GMT"]) == wait)
  }

  @Test("Without a readable clock in the answer this machine's counts", arguments: [nil, "noon", ""])
  func ownClock(date: String?) {
    var headers: HTTPHeaders = ["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"]
    if let date { headers.add(name: "date", value: date) }
    #expect(RetryAfter.parse(headers) == .zero)
    headers.replaceOrAdd(name: "retry-after", value: "Fri, 31 Dec 9999 23:59:59 GMT")
    #expect(RetryAfter.parse(headers) == .seconds(86_400))
  }
}
