#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Who is asking, as `GET /2.0/users/me` says it.
public struct CurrentUser: Sendable, Decodable {
  public let id: String
  public let name: String?
  public let login: String?
  /// `admin`, `coadmin` or `user`; nil where Box does not say.
  public let role: String?
  /// The enterprise that the user belongs to; nil for a free account.
  public let enterprise: Enterprise?

  public struct Enterprise: Sendable, Decodable {
    public let id: String
    public let name: String?
  }
}

extension BoxClient {
  /// The user as whom calls are made.
  ///
  /// - Throws: as ``call(_:_:query:body:headers:)``; ``NetworkFault`` for an answer that is no user.
  public func currentUser() async throws -> CurrentUser {
    let answer = try await call(.GET, "/users/me", query: [("fields", "id,name,login,role,enterprise")])
    do {
      return try JSONDecoder().decode(CurrentUser.self, from: answer.body.data)
    } catch {
      throw NetworkFault(.broken, "GET /2.0/users/me: the answer is no user")
    }
  }
}
