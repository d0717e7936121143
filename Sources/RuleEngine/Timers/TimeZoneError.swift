/// Why the rules of a time zone could not be had.
enum TimeZoneError: Error, Equatable, CustomStringConvertible {
  /// Not what a name in the time zone database looks like.
  case invalidName(String)
  case notFound(String, directory: String)
  /// The file is there and cannot be used.
  case unreadable(String, reason: String)

  var description: String {
    switch self {
    case .invalidName(let name):
      "\"\(name)\" is no name of a time zone, expected one such as \"Europe/Berlin\" or \"UTC\""
    case .notFound(let name, let directory):
      "time zone \"\(name)\" is not known, expected a name such as \"Europe/Berlin\" that stands below \(directory); "
        + "if that folder is missing, install the package tzdata or set TZDIR"
    case .unreadable(let name, let reason):
      "time zone \"\(name)\" cannot be used: \(reason)"
    }
  }
}
