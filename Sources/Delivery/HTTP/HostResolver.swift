import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Finds a host's addresses.
public protocol HostResolver: Sendable {
  /// All of them, the best first. Throws, with a text for a person, where there is none.
  func addresses(of host: String) async throws -> [IPAddress]
}

/// The operating system's resolver.
public struct SystemResolver: HostResolver {
  public init() {}

  public func addresses(of host: String) async throws -> [IPAddress] {
    try await NIOThreadPool.singleton.runIfActive { try Self.lookUp(host) }
  }

  private static func lookUp(_ host: String) throws -> [IPAddress] {
    var hints = addrinfo()
    #if canImport(Glibc)
      hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, nil, &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard status == 0 else { throw ResolverFailure(String(cString: gai_strerror(status)).lowercased()) }
    return sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { $0?.pointee }.compactMap(Self.address)
  }

  private static func address(_ info: addrinfo) -> IPAddress? {
    guard let address = info.ai_addr else { return nil }
    let raw = UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen))
    switch info.ai_family {
    case AF_INET where raw.count >= MemoryLayout<sockaddr_in>.size:
      return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { IPAddress(bytes: Array($0)) }
    case AF_INET6 where raw.count >= MemoryLayout<sockaddr_in6>.size:
      return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { IPAddress(bytes: Array($0)) }
    default: return nil
    }
  }
}

/// Why a host has no address.
struct ResolverFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
