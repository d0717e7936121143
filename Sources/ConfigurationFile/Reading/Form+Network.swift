import BoxClient

extension Form<String> {
  /// Scheme, host and port, without a slash at the end.
  static let apiURL = Form(expected: "an http or https address such as https://api.box.com") { text in
    guard Origin(text) != nil, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"?#".utf8.contains($0) }) else {
      return nil
    }
    let end = text.utf8.lastIndex { $0 != UInt8(ascii: "/") }
    return end.map { String(text[...$0]) }
  }

  /// What is sent there is confidential, and stays on the machine where it goes in clear.
  static let httpsURL = Form(expected: "an https URL, or an http one of this machine such as http://127.0.0.1:8080") {
    guard let origin = Origin($0), origin.scheme == "https" || origin.isLoopback else { return nil }
    return visible($0)
  }

  static let url = Form(expected: "an http or https URL") { Origin($0) == nil ? nil : visible($0) }

  /// As in ``BoxwatchConfiguration/Allow/httpHosts``.
  static let host = Form(
    expected: "a host such as hooks.example.com, *.example.com or 127.0.0.1:8080, without scheme and path"
  ) { text in
    let host = text.lowercased()
    let name = host.hasPrefix("*.") ? host.dropFirst(2) : host[...]
    guard !name.utf8.contains(where: { "/?#".utf8.contains($0) }), let origin = Origin("http://" + name) else {
      return nil
    }
    let isAddress = origin.host.hasPrefix("[")
    let hasEmptyLabel = origin.host.split(separator: ".", omittingEmptySubsequences: false).contains("")
    return isAddress ? (host == name ? host : nil) : (hasEmptyLabel ? nil : host)
  }
}

extension Form<Origin> {
  /// An address of nothing but scheme, host and port.
  static let proxy = Form(expected: "an HTTP proxy without user name such as http://proxy.example:3128") { text in
    guard let origin = Origin(text), origin.scheme == "http" else { return nil }
    let authority = text.utf8.dropFirst("http://".utf8.count)
    let rest = authority.drop { !"/?#".utf8.contains($0) }
    return rest.isEmpty || rest.elementsEqual("/".utf8) ? origin : nil
  }
}

extension Form<BoxwatchConfiguration.ListenAddress> {
  static let listenAddress = Form(expected: "HOST:PORT such as 127.0.0.1:9464 or [::1]:9464") { text in
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    let digits = text[text.index(after: colon)...]
    guard let port = Form<Int>.number(digits), port <= 65_535, let origin = Origin("http://" + text[..<colon]),
      origin.host == text[..<colon].lowercased()
    else { return nil }
    let isBracketed = origin.host.hasPrefix("[")
    return .init(host: isBracketed ? String(origin.host.dropFirst().dropLast()) : origin.host, port: port)
  }
}

extension Form<BoxwatchConfiguration.Start> {
  static let start = Form(
    expected: "now, beginning, a stream position, or a time such as 2026-01-05T09:00:00Z or -24h"
  ) { text in
    switch text {
    case "now": return .position(.now)
    case "beginning": return .position(.beginning)
    default: break
    }
    if text.hasPrefix("-") { return Duration(text: text.dropFirst()).map { .ago($0) } }
    if let time = Timestamp(text) { return .time(time) }
    // Box's positions are numbers, once with an id behind a semicolon (PROTOCOL.md, section 3 "Observed positions").
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
    let rest = text.utf8.dropFirst(digits.count)
    guard !digits.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: ";"), rest.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return nil }
    return .position(StreamPosition(text))
  }
}
