/// What to do about a refusal: which box to tick in Box's developer console, or what else is wrong.
enum Advice {
  /// - Parameter refusal: the refusal's text.
  /// - Returns: nil where the text says itself what to do.
  static func unauthorized(_ refusal: String) -> String? {
    if refusal.contains("boxwatch login") { return nil }
    if refusal.contains("/oauth2/token") { return grant(refusal) }
    return
      "Box does not accept the access token. Check BOX_DEVELOPER_TOKEN (it lives for 60 minutes), or BOX_CLIENT_ID "
      + "and BOX_CLIENT_SECRET."
  }

  static let forbidden =
    "The account lacks a right. Enterprise streams need an admin or co-admin with \"Run new reports and access existing "
    + "reports\", and the scope \"Manage enterprise properties\" ticked for the app in the developer console "
    + "(Configuration, Application Scopes); --as-user needs \"Make API calls using the as-user header\" (Advanced "
    + "Features). After ticking one, an admin must authorise the app again (Admin Console, Integrations)."

  /// What the token endpoint's refusal means (PROTOCOL.md, section 6).
  static func grant(_ refusal: String) -> String {
    let text = refusal.lowercased()
    let words = Set(text.split { !$0.isLetter && $0 != "_" })
    if words.contains("invalid_client") || text.contains("client credentials are invalid") {
      return "Check BOX_CLIENT_ID and BOX_CLIENT_SECRET, or client_id and client_secret of the account: developer "
        + "console, Configuration, OAuth 2.0 Credentials."
    }
    if words.contains("aud") {
      return "The audience is Box's own unless the account sets audience; leave it out, or mend it."
    }
    if words.contains("kid") || words.contains("signature") {
      return "Box does not know the key: developer console, Configuration, Add and Manage Public Keys. The public key "
        + "with the file's publicKeyID must be there; generate a new pair and download its file."
    }
    if words.contains("exp") || words.contains("jti") || text.contains("date/time") {
      return "This machine's clock is wrong by more than a minute: timedatectl set-ntp true."
    }
    if words.contains("unauthorized_client") || text.contains("not authorized") {
      return
        "An admin must authorise the app with its client id: Admin Console, Integrations, Platform Apps Manager. Its "
        + "authentication method must be the one that is used here."
    }
    return
      "BOX_ENTERPRISE_ID must be the enterprise whose admin authorised the app (Admin Console, Integrations, Platform "
      + "Apps Manager). BOX_USER_ID needs \"Generate user access tokens\" ticked (developer console, Configuration, "
      + "Advanced Features), and \"App + Enterprise Access\" for users of the enterprise; then authorise the app again."
  }

  static func position(_ position: String?) -> String {
    let which = position.map { "The stream position \($0)" } ?? "The stream position"
    return "\(which) is not one that Box knows. run --reset-position moves a stored one: now, beginning, a position or "
      + "a time. events --stream-position takes one that an earlier run printed, \"now\", or 0 for everything that is "
      + "still kept."
  }
}
