import BoxClient

/// Times as rules write them: RFC 3339, or relative to now as `-1h`.
enum RelativeTime {
  static func parse(_ text: String, now: Timestamp) -> Timestamp? {
    if text == "now" { return now }
    if let sign = text.first, sign == "-" || sign == "+", let span = Duration(text: text.dropFirst()) {
      return sign == "-" ? now - span : now + span
    }
    return Timestamp(text)
  }
}

extension Timestamp {
  var secondsSince1970: Double { Double(seconds) + Double(nanoseconds) / 1e9 }
}
