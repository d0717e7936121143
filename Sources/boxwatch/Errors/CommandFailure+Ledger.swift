import Ledger
import Watcher

extension CommandFailure {
  init(_ error: LedgerError) {
    let status: ExitStatus =
      switch error.kind {
      case .cannotCreate, .exposed: .cannotCreate
      case .held: .held
      case .damaged, .newer, .full, .readOnly, .busy, .failed: .damagedState
      }
    self.init(status, error.message, advice: error.advice)
  }

  init(_ error: ControlError) {
    self.init(.unreachable, error.message, advice: error.advice)
  }
}
