import BoxClient
import BoxSimulator
import Delivery
import Foundation
import Ledger
import Logging
import RuleEngine
import ServiceLifecycle
import Synchronization
import Testing

@testable import Watcher

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A simulated account with rules, state and output in a folder of its own.
final class WatchedAccount: Sendable {
  let folder: String
  let simulator: BoxSimulator
  let address: String
  let transport = PooledTransport()
  let log = LinesOfLog()

  /// Runs `body` with an account, and removes everything afterwards.
  static func with(
    backlog: Int = 0, simulator adjust: (inout BoxSimulator.Configuration) -> Void = { _ in },
    _ body: (WatchedAccount) async throws -> Void
  ) async throws {
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = backlog
    adjust(&configuration)
    let silent = Logger(label: "simulator", factory: { _ in SwiftLogNoOpLogHandler() })
    let simulator = try BoxSimulator(configuration, logger: silent)
    try await simulator.withRunning { address in
      let account = WatchedAccount(simulator: simulator, address: address)
      defer {
        account.log.search()
        account.remove()
      }
      do {
        try await body(account)
      } catch {
        try? await account.transport.shutdown()
        throw error
      }
      try await account.transport.shutdown()
    }
  }

  private init(simulator: BoxSimulator, address: String) {
    var template = Array("/tmp/boxwatch-test-XXXXXX".utf8CString)
    folder = String(cString: mkdtemp(&template)!)
    self.simulator = simulator
    self.address = address
    mkdir(folder + "/rules", 0o755)
  }

  private func remove() {
    try? FileManager.default.removeItem(atPath: folder)
  }

  func write(_ text: String, to name: String) throws {
    let file = fopen("\(folder)/\(name)", "w")
    try #require(file != nil)
    fputs(text, file)
    fclose(file)
  }

  func rule(_ name: String, _ text: String) throws { try write(text, to: "rules/\(name).lua") }

  /// A command for the shell. Gives its path.
  func script(_ name: String, _ text: String) throws -> String {
    try write("#!/bin/sh\n\(text)\n", to: name)
    try #require(chmod("\(folder)/\(name)", 0o755) == 0)
    return "\(folder)/\(name)"
  }

  /// What stands in a file of the output directory; empty where there is none.
  func output(_ name: String) -> String {
    guard let file = fopen("\(folder)/output/\(name)", "r") else { return "" }
    defer { fclose(file) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { text += chunk[..<count] }
    return String(decoding: text, as: UTF8.self)
  }

  func lines(_ name: String) -> [String] { output(name).split(separator: "\n").map(String.init) }

  private let token = Secret("t0ken-of-the-account")

  /// A client of the account, which makes one attempt a call where `isImpatient`.
  ///
  /// - Parameters:
  ///   - answers: what it gets before the network fails for good; nil for no end.
  ///   - isSilent: whether no call is answered afterwards, rather than refused.
  ///   - retryAfter: the seconds that a refusal asks to wait.
  func client(
    isImpatient: Bool = false, date: String? = nil, answers: Int? = nil, isSilent: Bool = false,
    retryAfter: String? = nil
  ) throws -> BoxClient {
    try BoxClient(
      apiURL: address, tokens: TokenKeeper(DeveloperToken(token)),
      transport: LimitedTransport(
        transport: DatedTransport(transport: transport, date: date, retryAfter: retryAfter), answers: answers,
        isSilent: isSilent),
      budget: CallBudget(callsPerMinute: 0),
      limits: isImpatient ? RetryLimits(attempts: 1) : RetryLimits(), logger: log.logger)
  }

  func configuration(
    _ adjust: (inout WatcherConfiguration) -> Void = { _ in }
  ) throws -> WatcherConfiguration {
    var stream = WatchedStream(name: "default", streamType: .all, client: try client(), from: .position(.beginning))
    stream.pollInterval = .milliseconds(100)
    var configuration = WatcherConfiguration(
      streams: [stream], ruleSets: [("default", [folder + "/rules"])], state: folder + "/state",
      output: folder + "/output", options: RuleOptions())
    adjust(&configuration)
    log.hide(secretsIn: (token, configuration.secrets, configuration.sinks))
    return configuration
  }

  /// Watches until everything is caught up.
  func once(_ adjust: (inout WatcherConfiguration) -> Void = { _ in }) async throws {
    let watcher = Watcher(
      try configuration {
        $0.once = .init(timeout: .seconds(30))
        adjust(&$0)
      }, logger: log.logger)
    try await watcher.run()
  }

  /// Watches while `body` runs, then ends in order.
  func watching(
    _ adjust: (inout WatcherConfiguration) -> Void = { _ in }, _ body: @escaping (Watcher) async throws -> Void
  ) async throws {
    let watcher = Watcher(try configuration(adjust), logger: log.logger)
    let group = ServiceGroup(configuration: .init(services: [.init(service: watcher)], logger: log.logger))
    async let running: Void = group.run()
    do {
      try await body(watcher)
    } catch {
      await group.triggerGracefulShutdown()
      try await running
      throw error
    }
    await group.triggerGracefulShutdown()
    try await running
  }
}

/// Answers dated by another clock than this machine's.
struct DatedTransport: HTTPTransport {
  let transport: any HTTPTransport
  /// In the form of HTTP; nil for the true one.
  let date: String?
  /// Of refusals.
  var retryAfter: String?

  func send(_ call: HTTPCall) async throws -> HTTPAnswer {
    let answer = try await transport.send(call)
    var headers = answer.headers
    if let date { headers.replaceOrAdd(name: "date", value: date) }
    if let retryAfter, answer.status >= 400 { headers.replaceOrAdd(name: "retry-after", value: retryAfter) }
    return HTTPAnswer(status: answer.status, headers: headers, body: answer.body)
  }
}

/// Fails after so many answers.
final class LimitedTransport: HTTPTransport {
  private let transport: any HTTPTransport
  private let left: Atomic<Int>
  private let isSilent: Bool

  init(transport: any HTTPTransport, answers: Int?, isSilent: Bool) {
    self.transport = transport
    self.isSilent = isSilent
    left = Atomic(answers ?? .max)
  }

  func send(_ call: HTTPCall) async throws -> HTTPAnswer {
    guard left.subtract(1, ordering: .relaxed).oldValue > 0 else {
      if isSilent { try await Task.sleep(for: .seconds(3600)) }
      throw NetworkFault(.unreachable, "cut")
    }
    return try await transport.send(call)
  }
}

/// Waits until `condition` holds.
func eventually(
  _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
  for _ in 0..<6000 {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  Issue.record("it did not come to this: \(what)", sourceLocation: sourceLocation)
}
