import NIOHTTP1

/// The header `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
package enum RetryAfter {
  /// How long to wait, never negative; nil where the header is missing or unreadable. A date is measured against the
  /// answer's own `Date`, so that a wrong clock here does no harm.
  package static func parse(_ headers: HTTPHeaders) -> Duration? {
    guard let value = headers.first(name: "retry-after")?.trimmingSpaces(), !value.isEmpty else { return nil }
    if let seconds = Double(value) {
      guard seconds.isFinite, seconds >= 0 else { return nil }
      return .seconds(min(seconds, 86_400))
    }
    guard let until = HTTPDate.parse(value) else { return nil }
    let now = headers.first(name: "date").flatMap(HTTPDate.parse) ?? WallClock.now.seconds
    return .seconds(min(max(0, until - now), 86_400))
  }
}

extension String {
  func trimmingSpaces() -> String {
    let kept = drop { $0 == " " || $0 == "\t" }
    return String(kept.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
