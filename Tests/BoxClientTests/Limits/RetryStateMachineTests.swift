import Testing

@testable import BoxClient

@Suite("What becomes of a call that failed")
struct RetryStateMachineTests {
  private typealias Outcome = RetryStateMachine.Outcome

  private func machine(attempts: Int = 5, longestWait: Duration = .seconds(60)) -> RetryStateMachine {
    RetryStateMachine(
      limits: RetryLimits(attempts: attempts, longestWait: longestWait),
      backoff: Backoff(first: .milliseconds(100), cap: .seconds(1), seed: 7))
  }

  /// The pauses until the machine gives up; nil where it did anything else than wait and fail.
  private func pauses(_ machine: RetryStateMachine, _ outcome: Outcome) -> [Duration]? {
    var machine = machine
    var pauses: [Duration] = []
    for _ in 0..<100 {
      switch machine.attemptFailed(outcome) {
      case .wait(let pause): pauses.append(pause)
      case .fail: return pauses
      case .renewToken: return nil
      }
    }
    return nil
  }

  private func expectsBackoff(_ pauses: [Duration]?, count: Int) {
    var own = Backoff(first: .milliseconds(100), cap: .seconds(1), seed: 7)
    #expect(pauses == (0..<count).map { _ in own.next() })
  }

  @Test("A passing status is tried again with growing pauses", arguments: [408, 429, 500, 502, 503, 504])
  func passing(status: Int) {
    expectsBackoff(pauses(machine(), .answered(status: status, retryAfter: nil)), count: 4)
    expectsBackoff(pauses(machine(attempts: 1), .answered(status: status, retryAfter: nil)), count: 0)
  }

  @Test("A damaged answer and a fault of the network are tried again")
  func faults() {
    expectsBackoff(pauses(machine(), .damaged), count: 4)
    for kind in [NetworkFault.Kind.timedOut, .unreachable, .broken] {
      expectsBackoff(pauses(machine(attempts: 3), .network(kind)), count: 2)
    }
  }

  @Test("A URL that is none and an answer that is too large fail at once")
  func hopeless() {
    #expect(pauses(machine(), .network(.invalidURL)) == [])
    #expect(pauses(machine(), .network(.tooLarge)) == [])
    #expect(pauses(machine(), .network(.redirectRefused)) == [])
  }

  @Test("A refusal fails at once", arguments: [400, 402, 403, 404, 405, 409, 410, 412, 416, 302])
  func refused(status: Int) {
    #expect(pauses(machine(), .answered(status: status, retryAfter: nil)) == [])
  }

  @Test("Every fault of the server is waited out", arguments: [500, 501, 502, 503, 504, 505, 507, 520, 599])
  func serverFaults(status: Int) {
    #expect(pauses(machine(), .answered(status: status, retryAfter: nil))?.count == 4)
  }

  @Test("The pause that Box asks for is kept", arguments: [202, 429, 503])
  func asked(status: Int) {
    #expect(
      pauses(machine(attempts: 3), .answered(status: status, retryAfter: .seconds(7))) == [.seconds(7), .seconds(7)])
    #expect(
      pauses(machine(attempts: 2), .answered(status: status, retryAfter: .seconds(60))) == [.seconds(60)])
  }

  @Test("A pause that is longer than a call may take is the caller's affair")
  func tooLong() {
    #expect(pauses(machine(longestWait: .seconds(60)), .answered(status: 429, retryAfter: .milliseconds(60_001))) == [])
  }

  @Test("Even where Box says now, a little time passes")
  func shortestWait() {
    #expect(
      pauses(machine(attempts: 2), .answered(status: 429, retryAfter: .zero)) == [.milliseconds(100)])
    #expect(
      pauses(machine(attempts: 2, longestWait: .zero), .answered(status: 429, retryAfter: .zero)) == [
        .milliseconds(100)
      ])
  }

  @Test("A refused token is renewed once")
  func renewal() {
    var machine = machine()
    #expect(machine.attemptFailed(.answered(status: 401, retryAfter: nil)) == .renewToken)
    #expect(machine.attemptFailed(.answered(status: 401, retryAfter: nil)) == .fail)
  }

  @Test("A single attempt may renew the token too, and nothing else")
  func singleAttempt() {
    var machine = RetryStateMachine(limits: .single)
    #expect(machine.attemptFailed(.answered(status: 401, retryAfter: nil)) == .renewToken)
    #expect(machine.attemptFailed(.answered(status: 503, retryAfter: .zero)) == .fail)
  }

  @Test("A renewal is an attempt like any other")
  func renewalCounts() {
    var machine = machine(attempts: 3)
    #expect(machine.attemptFailed(.answered(status: 401, retryAfter: nil)) == .renewToken)
    #expect(machine.attemptFailed(.answered(status: 429, retryAfter: .seconds(1))) == .wait(.seconds(1)))
    #expect(machine.attemptFailed(.answered(status: 429, retryAfter: .seconds(1))) == .fail)
  }

  @Test("The first pause is the limits' own where no other is given")
  func firstPause() {
    var limits = RetryLimits()
    limits.firstPause = .milliseconds(8)
    var machine = RetryStateMachine(limits: limits)
    guard case .wait(let pause) = machine.attemptFailed(.damaged) else {
      Issue.record("a damaged answer is not tried again")
      return
    }
    #expect(pause >= .milliseconds(4) && pause <= .milliseconds(8))
  }
}
