import NIOHTTP1

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Box answered, and the answer is a refusal (PROTOCOL.md, section 5).
public struct BoxAPIError: Error, Sendable, CustomStringConvertible {
  /// The call: method and path, such as `GET /2.0/events`.
  public let call: String
  /// The HTTP status.
  public let status: Int
  /// Box's code, an open set; for the token endpoint OAuth's, such as `invalid_grant`.
  public let code: String?
  /// Box's message.
  public let message: String?
  /// The id for Box's support: the body's, else the header's.
  public let requestID: String?
  /// What `WWW-Authenticate` says. The only word there is where the body is empty.
  public let challenge: Challenge?
  /// How long Box asks to wait.
  public let retryAfter: Duration?
  /// The server's time of day, from the header `Date`.
  public let serverTime: Timestamp?

  /// The parameters of `WWW-Authenticate` (RFC 6750, section 3).
  public struct Challenge: Sendable, Equatable {
    public let error: String?
    public let description: String?
  }

  public init(_ answer: HTTPAnswer, to call: String) {
    self.call = call
    status = answer.status
    retryAfter = RetryAfter.parse(answer.headers)
    serverTime = answer.headers.first(name: "date").flatMap(HTTPDate.parse).map { Timestamp(seconds: $0) }
    challenge = answer.headers.first(name: "www-authenticate").flatMap(Challenge.init(header:))
    let body = Body(answer.body)
    code = body?.code ?? body?.error
    message = body?.message ?? body?.errorDescription
    requestID = body?.requestID ?? answer.headers.first(name: "box-request-id")
  }

  public var description: String {
    var text = "\(call): Box answered \(status)"
    if let reason { text += ", " + reason }
    if let requestID { text += " (request \(Excerpt.plain(requestID)))" }
    return text
  }

  /// Whether the same call may succeed later: Box is busy, in trouble, or not done yet (PROTOCOL.md, section 5).
  public var passes: Bool { Self.passes(status) }

  static func passes(_ status: Int) -> Bool {
    status >= 500 || [202, 408, 425, 429].contains(status)
  }

  /// Code and message, whichever there are.
  public var reason: String? {
    let words = [code ?? challenge?.error, message ?? challenge?.description].compactMap { $0.map(Excerpt.plain) }
    return words.isEmpty ? nil : words.joined(separator: ": ")
  }

  /// Both of Box's error bodies: ClientError and OAuth2Error.
  private struct Body: Decodable {
    var code: String?
    var message: String?
    var requestID: String?
    var error: String?
    var errorDescription: String?

    enum CodingKeys: String, CodingKey {
      case code, message, error
      case requestID = "request_id"
      case errorDescription = "error_description"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      // A member of an unexpected type costs itself, not the others.
      func text(_ key: CodingKeys) -> String? { try? container.decodeIfPresent(String.self, forKey: key) }
      code = text(.code)
      message = text(.message)
      requestID = text(.requestID)
      error = text(.error)
      errorDescription = text(.errorDescription)
    }

    init?(_ bytes: PaddedBytes) {
      guard bytes.count > 0, bytes.count < 1 << 20 else { return nil }
      guard let body = try? JSONDecoder().decode(Body.self, from: bytes.data) else { return nil }
      self = body
    }
  }
}

extension BoxAPIError.Challenge {
  /// Reads `Bearer realm="Service", error="invalid_token", error_description="…"`. Nil where it names no error.
  init?(header: String) {
    error = Self.parameter("error", of: header)
    description = Self.parameter("error_description", of: header)
    if error == nil && description == nil { return nil }
  }

  private static func parameter(_ name: String, of header: String) -> String? {
    var rest = header[...]
    while let range = rest.firstRange(of: name + "=") {
      let before = rest[..<range.lowerBound].last
      rest = rest[range.upperBound...]
      // `error=` also ends longer names.
      guard before == nil || before == " " || before == "," else { continue }
      if rest.first == "\"" {
        return String(rest.dropFirst().prefix { $0 != "\"" })
      }
      return String(rest.prefix { $0 != "," && $0 != " " })
    }
    return nil
  }
}
