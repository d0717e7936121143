import BoxClient
import Crypto

/// The record as it is, posted to a URL.
///
/// With a secret, `X-Boxwatch-Signature` is `sha256=` and the hexadecimal HMAC-SHA256 of the text of
/// `X-Boxwatch-Timestamp` (seconds since 1970), a dot and the body. A receiver that refuses old timestamps cannot be
/// made to take a recorded request again.
public struct WebhookForm: AlertForm {
  private let url: Secret
  private let secret: Secret?

  public init(url: Secret, hmacSecret: Secret? = nil) {
    self.url = url
    secret = hmacSecret
  }

  public func request(for alert: Alert, key: String, now: Int64) -> GuardedRequest {
    var request = GuardedRequest.posting(alert.json, to: url.revealed, key: key)
    if let secret {
      let timestamp = String(now)
      let signature = Self.signature(of: Array("\(timestamp).".utf8) + alert.json, secret)
      request.headers.append(.init("X-Boxwatch-Timestamp", timestamp))
      request.headers.append(.init("X-Boxwatch-Signature", "sha256=\(signature)"))
    }
    return request
  }

  static func signature(of bytes: [UInt8], _ secret: Secret) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: Array(secret.revealed.utf8)))
    return hexadecimal(code)
  }
}

/// Two digits for each byte.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}
