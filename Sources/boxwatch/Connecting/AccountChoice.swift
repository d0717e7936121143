import ConfigurationFile

/// Which credentials are meant.
enum AccountChoice {
  case simulated
  case configured(BoxwatchConfiguration.Account)
  /// With the address and the way to it of the file's only account.
  case environment(BoxwatchConfiguration.Account?)
  /// What `boxwatch login` stored, without an account in the file.
  case signedIn(String)

  /// Tells clients apart. No account has a name with a space.
  var key: String {
    switch self {
    case .simulated: "the simulator"
    case .configured(let account): account.name
    case .environment: "the environment"
    case .signedIn(let name): name
    }
  }
}
