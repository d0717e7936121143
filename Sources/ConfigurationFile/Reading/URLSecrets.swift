/// Whether knowing a URL is enough to send to it.
enum URLSecrets {
  /// Whether something in the URL may be a secret: a query or fragment, or a part of its path that nobody would make up,
  /// which is one of 12 characters or more with a digit among them. `https://siem.example/api/v1/in` has none. A URL with
  /// a user name is none that a sink takes.
  static func mayHold(_ url: String) -> Bool {
    let place = url.prefix { $0 != "?" && $0 != "#" }
    let path = place.split(separator: "/").dropFirst(2)
    return place.count < url.count || path.contains { $0.count >= 12 && $0.contains(where: \.isNumber) }
  }
}
