/// The polls that wait for something new.
struct Doorbell: Sendable {
  /// Why a poll's waiting ended.
  enum Ring: Sendable, Equatable {
    case newChange
    /// The hold time is over.
    case reconnect
    /// The client hung up, or the simulator stops.
    case gone
  }

  private enum Slot: Sendable {
    /// The poll has a place, its continuation is not here yet.
    case opening(StreamView)
    case waiting(StreamView, CheckedContinuation<Ring, Never>)
    /// It was ended before it began to wait.
    case ended(Ring)
  }

  private var slots: [Int: Slot] = [:]
  private var lastNumber = 0

  var openCount: Int { slots.count }

  /// A place for a poll. From here on it can be ended.
  mutating func open(_ view: StreamView) -> Int {
    lastNumber += 1
    slots[lastNumber] = .opening(view)
    return lastNumber
  }

  /// Begins to wait. A ring that came first is returned at once, and the continuation is not kept.
  mutating func wait(_ number: Int, _ continuation: CheckedContinuation<Ring, Never>) -> Ring? {
    switch slots[number] {
    case .ended(let ring):
      slots[number] = nil
      return ring
    case .opening(let view):
      slots[number] = .waiting(view, continuation)
      return nil
    case .waiting, nil:
      return .gone
    }
  }

  /// Gives a place back without waiting.
  mutating func close(_ number: Int) {
    slots[number] = nil
  }

  /// Ends one poll's waiting; the caller resumes what is returned.
  mutating func end(_ number: Int, _ ring: Ring) -> CheckedContinuation<Ring, Never>? {
    switch slots[number] {
    case .waiting(_, let continuation):
      slots[number] = nil
      return continuation
    case .opening:
      slots[number] = .ended(ring)
      return nil
    case .ended, nil:
      return nil
    }
  }

  /// Takes out the polls whose stream shows one of the new events; the caller resumes them.
  mutating func ring(for records: [EventRecord]) -> [CheckedContinuation<Ring, Never>] {
    var ringing: [CheckedContinuation<Ring, Never>] = []
    for (number, slot) in slots {
      switch slot {
      case .opening(let view) where records.contains(where: view.includes):
        slots[number] = .ended(.newChange)
      case .waiting(let view, let continuation) where records.contains(where: view.includes):
        slots[number] = nil
        ringing.append(continuation)
      case .opening, .waiting, .ended: continue
      }
    }
    return ringing
  }
}
