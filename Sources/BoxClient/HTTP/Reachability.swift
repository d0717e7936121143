import Synchronization

/// Since when Box has not answered the calls for events of one client: for whoever gives up after a while.
///
/// What Box answers counts, and so does a refusal, or that it asks for a pause; a server's fault without a time to come
/// back does not. Time in which nothing was asked is not counted before a call has failed.
final class Reachability: Sendable {
  private struct State {
    var calls: [Int: ContinuousClock.Instant] = [:]
    var number = 0
    var failingSince: ContinuousClock.Instant?
    var reason = ""
    var answeredAt: ContinuousClock.Instant?
  }

  private let state = Mutex(State())

  /// The first of the calls that have had no answer, since any had one; nil where none waits.
  var failingSince: ContinuousClock.Instant? {
    state.withLock { state in
      let waiting = state.calls.values.min().map { max($0, state.answeredAt ?? $0) }
      return [state.failingSince, waiting].compactMap(\.self).min()
    }
  }
  /// Why the last of them failed.
  var reason: String? { state.withLock { $0.failingSince == nil ? nil : $0.reason } }

  /// Sends a call.
  func watch(_ send: () async throws -> HTTPAnswer) async throws -> HTTPAnswer {
    let number = state.withLock { state in
      state.number += 1
      state.calls[state.number] = .now
      return state.number
    }
    do {
      let answer = try await send()
      let isFault = answer.status >= 500 && RetryAfter.parse(answer.headers) == nil
      ended(number, isFault ? "Box answered \(answer.status)" : nil)
      return answer
    } catch let fault as NetworkFault {
      ended(number, "\(fault)")
      throw fault
    } catch {
      state.withLock { _ = $0.calls.removeValue(forKey: number) }
      throw error
    }
  }

  private func ended(_ number: Int, _ failure: String?) {
    state.withLock { state in
      let sent = state.calls.removeValue(forKey: number)
      if failure == nil { state.answeredAt = .now }
      state.failingSince = failure == nil ? nil : state.failingSince ?? sent
      state.reason = failure ?? ""
    }
  }
}
