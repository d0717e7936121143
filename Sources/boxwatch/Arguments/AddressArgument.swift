import ArgumentParser

/// `HOST:PORT` on the command line; an IPv6 address stands in brackets.
struct AddressArgument {
  let host: String
  let port: Int

  init(_ text: String) throws {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), colon != text.startIndex
    else { throw ValidationError("\"\(text)\" is no address such as 127.0.0.1:9464") }
    var host = text[..<colon]
    if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
    self.host = String(host)
    self.port = port
  }
}
