/// The client credentials grant: as the enterprise's service account or as one of its users (PROTOCOL.md, section 6).
public struct ClientCredentials: TokenSource {
  /// Whose token it is.
  public enum Subject: Sendable, Hashable {
    case enterprise(String)
    case user(String)
  }

  private let clientID: String
  private let clientSecret: Secret
  private let subject: Subject
  private let endpoint: TokenEndpoint

  public init(clientID: String, clientSecret: Secret, subject: Subject, endpoint: TokenEndpoint) {
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.subject = subject
    self.endpoint = endpoint
  }

  public func newToken() async throws -> AccessToken {
    let (type, id) =
      switch subject {
      case .enterprise(let id): ("enterprise", id)
      case .user(let id): ("user", id)
      }
    let grant = try await endpoint.request {
      [
        ("grant_type", "client_credentials"), ("client_id", clientID), ("client_secret", clientSecret.revealed),
        ("box_subject_type", type), ("box_subject_id", id),
      ]
    }
    return grant.accessToken
  }
}
