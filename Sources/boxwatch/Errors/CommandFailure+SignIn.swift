import BoxClient

extension CommandFailure {
  init(_ error: CredentialFileError) {
    let status: ExitStatus =
      switch error.kind {
      case .exposed, .cannotWrite: .cannotCreate
      case .damaged, .newer, .cannotRead: .damagedState
      }
    self.init(status, error.problem, advice: error.advice)
  }

  init(_ error: SignInError) {
    switch error {
    case .wrongState:
      self.init(
        .refused, "the answer's state is not the one that was sent: it belongs to another sign-in",
        advice: "Nothing is stored. Start boxwatch login again, and use the URL that it prints.")
    case .refused(let code, let text):
      let reason = text.map { "\(code): \($0)" } ?? code
      self.init(.refused, "the sign-in was refused, \(reason)", advice: Self.advice(to: code))
    case .noCode:
      self.init(
        .refused, "the answer holds no authorization code",
        advice: "Start boxwatch login again; with --no-browser, paste the whole URL of the page that you end up on.")
    case .portInUse(let port):
      self.init(
        .cannotCreate, "port \(port) is in use by another program",
        advice: "End it, or register another redirect URI in the developer console and name it with --redirect-uri.")
    case .cannotListen(let reason):
      self.init(
        .cannotCreate, "cannot listen on the redirect URI: \(reason)",
        advice: "It takes a loopback address such as http://127.0.0.1:8734/callback; --no-browser works without one.")
    case .noRefreshToken:
      self.init(
        .refused, "Box granted an access token, but no refresh token",
        advice:
          "The app must use \"User Authentication (OAuth 2.0)\": developer console, the app's authentication method.")
    }
  }

  private static func advice(to code: String) -> String {
    switch code {
    case "access_denied": "You, or Box for you, said no. Start boxwatch login again and grant access."
    case "redirect_uri_mismatch":
      "Register the redirect URI for the app: developer console, Configuration, OAuth 2.0 Redirect URI."
    case "invalid_scope":
      "Tick the scopes that the app needs: developer console, Configuration, Application Scopes."
    case "unauthorized_client", "invalid_client":
      "Check --client-id: developer console, Configuration, OAuth 2.0 Credentials."
    default: "Check the app in the developer console: Configuration, OAuth 2.0 Credentials and Redirect URI."
    }
  }
}
