import BoxClient
import ConfigurationFile

/// The secrets that this process knows: none of them may stand in a prompt's history.
enum KnownSecrets {
  private static let variables = ["BOX_DEVELOPER_TOKEN", "BOX_CLIENT_SECRET"]

  /// - Parameters:
  ///   - file: nil where only the environment is known.
  ///   - state: the directory with what `boxwatch login` stored.
  static func all(_ file: BoxwatchConfiguration?, state: String) -> [String] {
    let own =
      variables.compactMap { Environment.process[$0] } + signIns(in: state)
      + (Environment.process["BOX_CONFIG_FILE"].map(jwt) ?? [])
    guard let file else { return own }
    let named = file.secrets.map(\.value) + file.accounts.flatMap(secrets) + file.sinks.flatMap(secrets)
    return own + named.map(\.revealed)
  }

  private static func secrets(_ account: BoxwatchConfiguration.Account) -> [Secret] {
    switch account.credentials {
    case .developerToken(let token): [token]
    case .oauth2(_, let secret): [secret].compactMap(\.self)
    case .clientCredentials(_, let secret, _): [secret]
    case .jwt(let path, _, _): jwt(path).map { Secret($0) }
    }
  }

  /// Of the JSON file that the developer console downloads. One that cannot be read signs nobody in either.
  private static func jwt(_ path: String) -> [String] {
    guard let configuration = try? JWTConfiguration(file: path) else { return [] }
    return [configuration.clientSecret, configuration.passphrase].compactMap { $0?.revealed }
  }

  private static func signIns(in state: String) -> [String] {
    let file = CredentialFile(directory: state)
    return ((try? file.accounts()) ?? []).flatMap { account -> [String] in
      guard let stored = try? file.credentials(of: account) else { return [] }
      return [stored.clientSecret, stored.accessToken, stored.refreshToken, stored.previousRefreshToken]
        .compactMap { $0?.revealed }
    }
  }

  private static func secrets(_ sink: BoxwatchConfiguration.Sink) -> [Secret] {
    switch sink.kind {
    case .slack(let url), .teams(let url): [url]
    case .webhook(let url, let key): [url, key].compactMap(\.self)
    case .pagerduty(let key, _): [key]
    case .log, .file, .email, .exec: []
    }
  }
}
