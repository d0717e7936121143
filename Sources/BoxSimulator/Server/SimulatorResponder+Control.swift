import Hummingbird
import NIOCore

extension SimulatorResponder {
  /// The largest body of a control request: 256 MiB.
  private static let bodyLimit = 256 << 20

  /// What a person or a test tells the simulator (CLI.md, "simulate"). Needs no token.
  func control(_ request: Request, _ target: RequestTarget) async -> Answer {
    switch (request.method, target.path) {
    case (.post, "/_simulator/events"):
      let answer = await withBody(request) { try appendEvents($0) }
      // The polls that were rung answer first, a turn of the loop for each of their steps: whoever posts looks for what
      // comes of it, and the ids can wait.
      for _ in 0..<3 { await Task.yield() }
      return answer
    case (.post, "/_simulator/faults"):
      return await withBody(request) { try setFaults($0) }
    case (.get, "/_simulator/stats"):
      return .json(core.statistics().json)
    case (.post, "/_simulator/reset"):
      core.reset()
      return .json(#"{"reset":true}"#)
    case (_, "/_simulator/events"), (_, "/_simulator/faults"), (_, "/_simulator/stats"), (_, "/_simulator/reset"):
      return clientError(.methodNotAllowed, "method_not_allowed", "Method Not Allowed")
    default:
      return clientError(.notFound, "not_found", "Not Found")
    }
  }

  private func withBody(_ request: Request, _ act: ([UInt8]) throws -> Answer) async -> Answer {
    do {
      let body = try await request.body.collect(upTo: Self.bodyLimit)
      return try act(Array(body.readableBytesView))
    } catch let fault as TextFault {
      return .controlError(fault.message)
    } catch {
      return .controlError("the request body cannot be read: \(error)")
    }
  }

  /// POST /_simulator/events
  private func appendEvents(_ body: [UInt8]) throws(TextFault) -> Answer {
    let events: [ObjectText]
    do {
      events = try MemberReader().objects(body)
    } catch {
      throw TextFault(message: "the body must be an event (a JSON object) or an array of events: \(error.message)")
    }
    let ids = core.append(events)
    var writer = JSONWriter()
    writer.raw(#"{"event_ids":["#)
    for (index, id) in ids.enumerated() {
      if index > 0 { writer.raw(",") }
      writer.string(id)
    }
    writer.raw("]}")
    return .json(writer.bytes, status: .created)
  }

  /// POST /_simulator/faults
  private func setFaults(_ body: [UInt8]) throws(TextFault) -> Answer {
    let faults = try FaultReader.faults(body)
    core.withState { state in
      for fault in faults { state.faults.set(fault) }
    }
    return .json(#"{"set":\#(faults.count)}"#)
  }
}
