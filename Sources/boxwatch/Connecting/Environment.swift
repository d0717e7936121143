#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The environment's variables. An empty one counts as missing.
struct Environment: Sendable {
  private let lookUp: @Sendable (String) -> String?

  /// The process's own.
  static let process = Environment { name in getenv(name).map { String(cString: $0) } }

  init(_ variables: [String: String]) {
    self.init { variables[$0] }
  }

  private init(_ lookUp: @escaping @Sendable (String) -> String?) {
    self.lookUp = lookUp
  }

  subscript(name: String) -> String? {
    text(of: name).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The variable as it is, an empty one too: for who tells the two apart.
  func text(of name: String) -> String? { lookUp(name) }
}
