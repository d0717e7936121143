#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What stands in the JSON file that Box's developer console downloads for an app with server authentication
/// (PROTOCOL.md, section 6 "JWT").
public struct JWTConfiguration: Sendable {
  public let clientID: String
  public let clientSecret: Secret
  /// Of the key; nil where it has none.
  public let passphrase: Secret?
  /// `kid`: which of the app's public keys belongs to the private one.
  public let publicKeyID: String
  /// The enterprise that authorised the app; nil where the file names none.
  public let enterpriseID: String?
  let key: SigningKey
  let algorithm: JWTAlgorithm

  /// Reads the file.
  /// - Throws: ``JWTConfigurationError``.
  public init(file path: String) throws {
    guard let content = FileManager.default.contents(atPath: path) else {
      let isMissing = !FileManager.default.fileExists(atPath: path)
      throw JWTConfigurationError(
        path, isMissing ? "the file does not exist" : "the file cannot be read", kind: isMissing ? .missing : .unusable,
        advice: "BOX_CONFIG_FILE, or config_file of the account, names the JSON that the developer console downloads.")
    }
    try self.init(Array(content), place: path)
  }

  /// Reads the file's text, and opens the key in it.
  ///
  /// - Parameter place: how errors name the file.
  /// - Throws: ``JWTConfigurationError``.
  public init(_ bytes: [UInt8], place: String) throws {
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: Data(bytes))
    } catch {
      throw JWTConfigurationError(place, Self.problem(error), advice: Self.download)
    }
    let app = file.boxAppSettings
    clientID = try Self.value(app.clientID, "boxAppSettings.clientID", place)
    clientSecret = Secret(try Self.value(app.clientSecret, "boxAppSettings.clientSecret", place))
    publicKeyID = try Self.value(app.appAuth.publicKeyID, "boxAppSettings.appAuth.publicKeyID", place)
    enterpriseID = file.enterpriseID.flatMap { $0.isEmpty || $0 == "0" ? nil : $0 }
    passphrase = app.appAuth.passphrase.flatMap { $0.isEmpty ? nil : Secret($0) }
    let name = app.appAuth.algorithm ?? JWTAlgorithm.rs256.rawValue
    guard let algorithm = JWTAlgorithm(rawValue: name) else {
      throw JWTConfigurationError(
        place, "boxAppSettings.appAuth.algorithm is \(Excerpt.of(name))", advice: "Box takes RS256, RS384 and RS512.")
    }
    self.algorithm = algorithm
    key = try SigningKey(
      pem: try Self.value(app.appAuth.privateKey, "boxAppSettings.appAuth.privateKey", place),
      passphrase: app.appAuth.passphrase ?? "", place: place)
  }

  private static let download =
    "Download it again: developer console, Configuration, Add and Manage Public Keys, Generate a Public/Private Keypair."

  private static func value(_ text: String?, _ key: String, _ place: String) throws -> String {
    guard let text, !text.isEmpty else { throw JWTConfigurationError(place, "\(key) is missing", advice: download) }
    return text
  }

  /// The decoder's own words may hold pieces of the file.
  private static func problem(_ error: any Error) -> String {
    func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
      (context.codingPath + [last].compactMap(\.self)).map(\.stringValue).joined(separator: ".")
    }
    return switch error {
    case DecodingError.keyNotFound(let key, let context): "\(path(context, key)) is missing"
    case DecodingError.valueNotFound(_, let context): "\(path(context)) is null"
    case DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty:
      "\(path(context)) is of the wrong type"
    default: "this is not the JSON file that the developer console downloads"
    }
  }

  private struct File: Decodable {
    var boxAppSettings: App
    var enterpriseID: String?

    struct App: Decodable {
      var clientID: String?
      var clientSecret: String?
      var appAuth: Key
    }

    struct Key: Decodable {
      var publicKeyID: String?
      var privateKey: String?
      var passphrase: String?
      /// Not in what the console downloads: for keys of one's own.
      var algorithm: String?
    }
  }
}

/// The file of the developer console cannot be used. Holds nothing of what is secret in it.
public struct JWTConfigurationError: Error, Sendable, CustomStringConvertible {
  public enum Kind: Sendable {
    /// There is no such file.
    case missing
    /// It cannot be read, or is not what it should be.
    case unusable
  }

  public let kind: Kind
  public let problem: String
  public let advice: String

  init(_ place: String, _ problem: String, kind: Kind = .unusable, advice: String) {
    self.kind = kind
    self.problem = "\(place): \(problem)"
    self.advice = advice
  }

  public var description: String { "\(problem). \(advice)" }
}
