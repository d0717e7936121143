/// An alert as an electronic letter (RFC 5322), its lines ended by line feeds as `sendmail` reads them.
struct MailMessage {
  let from: MailAddress
  let to: [MailAddress]
  let alert: Alert
  /// The idempotency key, from which the message's id is made.
  let key: String
  /// Seconds since 1970.
  let date: Int64

  var bytes: [UInt8] {
    let headers = [
      ("From", from.text), ("To", to.map(\.text).joined(separator: ",\n ")),
      ("Subject", MailText.header(alert.headline.cut(to: 200))), ("Date", MailText.date(date)),
      ("Message-ID", "<\(MailText.identifier(key))@\(from.domain)>"), ("Auto-Submitted", "auto-generated"),
      ("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8"),
      // No line of an event's text stands in the letter as it is.
      ("Content-Transfer-Encoding", "base64"),
    ]
    let head = headers.map { "\($0.0): \($0.1)\n" }.joined()
    return Array("\(head)\n\(MailText.base64Lines(Array(body.utf8)))".utf8)
  }

  private var body: String {
    var body = alert.headline + "\n\n"
    if !alert.body.isEmpty { body += alert.body + "\n\n" }
    for fact in alert.facts { body += "\(fact.name): \(fact.value)\n" }
    return body
  }
}

/// An address of the configuration.
public struct MailAddress: Sendable, Hashable {
  let text: String
  let domain: String

  /// - Throws: for what is no plain address: `name@host`, in ASCII, without spaces, quotes, angle brackets or commas.
  public init(_ text: String) throws(InvalidAddress) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    // A leading hyphen could be taken for an option of sendmail.
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isPlain) }),
      !text.hasPrefix("-"), text.utf8.count <= 254
    else { throw InvalidAddress(text) }
    self.text = text
    domain = String(parts[1])
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-/=?^_`{|}~.".utf8.contains(byte)
    }
  }
}

/// An address that cannot be used.
public struct InvalidAddress: Error, Sendable, Hashable, CustomStringConvertible {
  public let address: String

  init(_ address: String) {
    self.address = address
  }

  public var description: String { "\(QuotedPath.of(address)) is no mail address; write name@host" }
}
