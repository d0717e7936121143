#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

enum FileExists {
  /// Whether anything stands at the path, readable or not.
  static func at(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
