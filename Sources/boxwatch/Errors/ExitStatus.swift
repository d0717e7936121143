/// The exit codes of CLI.md, after sysexits.h.
enum ExitStatus: Int32, Error {
  case done = 0
  /// Tests or checks failed.
  case failed = 1
  case usage = 64
  case badInput = 65
  case missingFile = 66
  case unreachable = 69
  case programFault = 70
  case cannotCreate = 73
  case damagedState = 74
  case held = 75
  case refused = 77
  case badConfiguration = 78
  /// Interrupted before the work was done, as shells report it.
  case interrupted = 130
}
