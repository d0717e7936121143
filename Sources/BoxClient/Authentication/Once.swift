import Synchronization

/// True the first time, false ever after.
final class Once: Sendable {
  private let taken = Atomic(false)

  func first() -> Bool {
    taken.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
  }
}
