import BoxClient

/// A word about an API that is called without encryption.
enum ClearTextWarning {
  static func warn(of apiURL: String) {
    guard let origin = Origin(apiURL), origin.scheme == "http" else { return }
    if !origin.isLoopback { StandardError.warn("\(origin) is not https: the token goes there in clear") }
  }
}
