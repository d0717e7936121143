import BoxClient
import ConfigurationFile
import Logging

/// What Box says to the accounts: whether it can be reached, what the clock is, whether the credentials hold, and what
/// they may.
struct AccountExamination {
  private let options: AccountOptions
  private let file: BoxwatchConfiguration
  private let apiURL: String?
  private let logger: Logger

  /// - Parameter apiURL: of the option, or of the simulator.
  init(_ options: AccountOptions, _ file: BoxwatchConfiguration, _ apiURL: String?, _ logger: Logger) {
    self.options = options
    self.file = file
    self.apiURL = apiURL
    self.logger = logger
  }

  func findings() async -> [Finding] {
    let transport = PooledTransport()
    let accounts = options.accounts(file, apiURL, transport, logger)
    var findings: [Finding] = []
    if isUndecided { findings.append(Finding("account", failed: AccountLookup.noneChosen(file.accounts))) }
    for name in names { findings += await examine(name, accounts, transport) }
    await accounts.settle()
    try? await transport.shutdown()
    return findings
  }

  /// The accounts that are meant; nil for the one of the environment or of `--account`.
  private var names: [String?] {
    if options.configuration.account != nil || file.accounts.isEmpty || options.connection.simulate { return [nil] }
    let all = file.accounts.map { Optional($0.name) }
    guard Credentials.areWhole(.process) else { return all }
    let ofEnvironment: [String?] = file.streams.isEmpty || file.streams.contains { $0.account == nil } ? [nil] : []
    return ofEnvironment + (file.streams.contains { $0.account != nil } ? all : [])
  }

  /// Whether a watcher would not know which account is meant.
  private var isUndecided: Bool {
    !options.connection.simulate && options.configuration.account == nil && file.accounts.count > 1
      && file.streams.isEmpty && !Credentials.areWhole(.process)
  }

  private func examine(_ name: String?, _ accounts: Accounts, _ transport: PooledTransport) async -> [Finding] {
    let shown = name ?? options.configuration.account ?? "default"
    let access: AccountAccess
    let client: BoxClient
    do {
      access = try accounts.lookup.access(name)
      client = try accounts.client(name, as: options.connection.asUser)
    } catch {
      return [Finding("credentials", account: shown, failed: error)]
    }
    var findings = [Finding(.ok, "credentials", account: shown, access.credentials.summary)]
    let (reached, isReached) = await reachability(access, shown, transport)
    findings += reached
    guard isReached else { return findings }
    let rights = RightsExamination(
      client: client, account: shown, needsEnterprise: needsEnterprise(name),
      users: asUsers(name).map { ($0, try? accounts.client(name, as: $0)) })
    return findings + (await rights.findings())
  }

  /// Any answer will do; its `Date` tells the clock's error.
  private func reachability(
    _ access: AccountAccess, _ shown: String, _ transport: PooledTransport
  ) async -> ([Finding], Bool) {
    let proxy = access.route.proxy.map { " through the proxy \($0)" } ?? ""
    do {
      let answer = try await transport.through(access.route).send(HTTPCall(.GET, access.apiURL + "/2.0/events"))
      let reached = Finding(.ok, "reachability", account: shown, "\(access.apiURL) answers\(proxy)")
      let server = BoxAPIError(answer, to: "GET /2.0/events").serverTime
      let clock = server.map { ClockExamination.finding(server: $0, own: WallClock.now, account: shown) }
      return ([reached, clock].compactMap(\.self), true)
    } catch {
      return ([Finding("reachability", account: shown, failed: error)], false)
    }
  }

  private func streams(_ name: String?) -> [BoxwatchConfiguration.Stream] {
    let wanted = name ?? options.configuration.account
    return file.streams.filter { options.connection.simulate || $0.account == nil || $0.account == wanted }
  }

  private func needsEnterprise(_ name: String?) -> Bool { streams(name).contains { $0.streamType.isEnterprise } }

  /// A few of the users as whom streams are watched: what holds for them holds for the rest.
  private func asUsers(_ name: String?) -> [String] { Array(streams(name).flatMap(\.asUsers).prefix(3)) }
}

extension Credentials {
  /// For a person; without anything secret.
  var summary: String {
    switch self {
    case .developerToken: "a developer token (it lives for 60 minutes)"
    case .clientCredentials(let id, _, .enterprise(let enterprise)):
      "client credentials of \(id) for enterprise \(enterprise)"
    case .clientCredentials(let id, _, .user(let user)): "client credentials of \(id) for user \(user)"
    case .jwt(let configuration, let subject, _):
      switch subject {
      case .user(let user): "JWT of \(configuration.clientID) for user \(user)"
      case .enterprise(let enterprise): "JWT of \(configuration.clientID) for enterprise \(enterprise)"
      case nil: "JWT of \(configuration.clientID) for enterprise \(configuration.enterpriseID ?? "(none)")"
      }
    case .stored(_, let file, _): "the sign-in in \(file.path)"
    }
  }
}
