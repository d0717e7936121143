import AsyncHTTPClient
import NIOSSL

/// How an account's calls get to Box: by a proxy or directly, and whose certificates are trusted.
public struct NetworkRoute: Sendable, Hashable {
  /// An HTTP proxy. Every call goes through it by CONNECT, one to an http address too.
  public var proxy: Origin?
  /// A PEM file of certificates that are trusted besides the system's.
  public var caFile: String?

  public init(proxy: Origin? = nil, caFile: String? = nil) {
    self.proxy = proxy
    self.caFile = caFile
  }

  var proxyConfiguration: HTTPClient.Configuration.Proxy? {
    proxy.map { proxy in
      let isBracketed = proxy.host.hasPrefix("[")
      return .server(host: isBracketed ? String(proxy.host.dropFirst().dropLast()) : proxy.host, port: proxy.port)
    }
  }

  /// Nil where the system's certificates alone count.
  func tlsConfiguration() throws -> TLSConfiguration? {
    guard let caFile else { return nil }
    let certificates: [NIOSSLCertificate]
    do {
      certificates = try NIOSSLCertificate.fromPEMFile(caFile)
    } catch {
      throw NetworkRouteError(caFile)
    }
    guard !certificates.isEmpty else { throw NetworkRouteError(caFile) }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.additionalTrustRoots = [.certificates(certificates)]
    return configuration
  }
}

/// The file of an account's certificates cannot be used.
public struct NetworkRouteError: Error, Sendable, CustomStringConvertible {
  public let description: String

  init(_ file: String) {
    description = "ca_file \(file) cannot be read, or holds no certificates in PEM form"
  }
}
