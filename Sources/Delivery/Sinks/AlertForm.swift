/// How a service wants to be told of an alert.
public protocol AlertForm: Sendable {
  /// The request that tells it.
  /// - Parameters:
  ///   - key: the idempotency key: the same for every attempt.
  ///   - now: seconds since 1970.
  func request(for alert: Alert, key: String, now: Int64) throws -> GuardedRequest
}

extension GuardedRequest {
  /// A request that posts JSON.
  static func posting(_ json: [UInt8], to url: String, key: String) -> GuardedRequest {
    GuardedRequest(
      "POST", url, headers: [Header("Content-Type", "application/json"), Header("Idempotency-Key", key)], body: json)
  }
}
