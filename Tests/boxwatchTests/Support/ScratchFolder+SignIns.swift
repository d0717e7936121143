import Foundation

/// What `boxwatch login` would have stored for the app `client-1` in the folder `state`.
extension ScratchFolder {
  static let storedSecret = "s3cret-of-app"

  /// - Parameters:
  ///   - apiURL: the API that issued the tokens.
  ///   - endsAt: when the access token ends, in seconds since 1970.
  func storeSignIns(
    _ accounts: [String] = ["default"], refreshToken: String = "stored-refresh-token", apiURL: String, endsAt: Int = 1
  ) throws {
    let members = accounts.map { account in
      """
      "\(account)":{"client_id":"client-1","client_secret":"\(Self.storedSecret)","api_url":"\(apiURL)",
      "access_token":"stored-access-token","expires_at":\(endsAt),"refresh_token":"\(refreshToken)"}
      """
    }
    try write("state/credentials.json", "{\"version\":1,\"accounts\":{\(members.joined(separator: ","))}}")
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path("state"))
    try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path("state/credentials.json"))
  }

  /// A member of the account `default` in that file; nil where there is none.
  func stored(_ key: String) throws -> String? {
    let file = try JSONSerialization.jsonObject(with: Data(try read("state/credentials.json").utf8))
    return (((file as? [String: Any])?["accounts"] as? [String: Any])?["default"] as? [String: Any])?[key] as? String
  }
}
