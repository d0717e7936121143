import BoxClient
import ConfigurationFile

/// The secrets that this process knows: none of them may stand in a prompt's history.
enum KnownSecrets {
  private static let variables = ["BOX_DEVELOPER_TOKEN", "BOX_CLIENT_SECRET"]

  /// - Parameter file: nil where only the environment is known.
  static func all(_ file: BoxwatchConfiguration?) -> [String] {
    let own = variables.compactMap { Environment.process[$0] }
    guard let file else { return own }
    let named = file.secrets.map(\.value) + file.accounts.flatMap(secrets) + file.sinks.flatMap(secrets)
    return own + named.map(\.revealed)
  }

  private static func secrets(_ account: BoxwatchConfiguration.Account) -> [Secret] {
    switch account.credentials {
    case .developerToken(let token): [token]
    case .oauth2(_, let secret): [secret].compactMap(\.self)
    case .clientCredentials(_, let secret, _): [secret]
    case .jwt: []
    }
  }

  private static func secrets(_ sink: BoxwatchConfiguration.Sink) -> [Secret] {
    switch sink.kind {
    case .slack(let url), .teams(let url): [url]
    case .webhook(let url, let key): [url, key].compactMap(\.self)
    case .pagerduty(let key): [key]
    case .log, .file, .email, .exec: []
    }
  }
}
