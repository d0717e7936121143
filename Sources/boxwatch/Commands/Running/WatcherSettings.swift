import ArgumentParser
import BoxClient
import ConfigurationFile
import RuleEngine
import Watcher

/// What the options and the configuration file make of a watcher: an option goes before the file.
struct WatcherSettings {
  var configuration: WatcherConfiguration

  init(
    file: BoxwatchConfiguration, watching: WatchOptions, running: RunOptions, rules: [String], asUser: String?,
    accounts: Accounts
  ) throws {
    try accounts.lookup.checkName()
    let ruleSets = try Self.ruleSets(file, rules)
    let streams = try Self.withOwnFeeds(try Self.streams(file, watching, asUser, accounts), ruleSets)
    var configuration = WatcherConfiguration(
      streams: streams, ruleSets: ruleSets,
      state: running.state.directory(configured: file.state), output: running.output ?? file.output,
      options: RuleOptions(file))
    configuration.sinks = file.sinks.map { AlertSinkConfiguration(name: $0.name, kind: $0.kind.ofWatcher) }
    configuration.routing = AlertRouting(
      standard: file.alertRouting.default,
      routes: Dictionary(
        uniqueKeysWithValues: file.alertRouting.routes.compactMap { severity, sinks in
          AlertRecord.Severity(rawValue: severity.rawValue).map { ($0, sinks) }
        }))
    configuration.allowedHosts = file.allow.httpHosts
    configuration.allowedCommands = file.allow.exec
    configuration.mayWriteToBox = file.allow.boxWrite
    configuration.secrets = file.secrets.map { ($0.name, $0.value, $0.hosts) }
    configuration.backlogLimit = file.budgets.backlog
    configuration.seenEvents = file.budgets.dedupIDs
    configuration.isPowerSafe = file.durability == .full
    configuration.isStrict = running.strict
    configuration.isDryRun = running.dryRun
    configuration.metrics =
      running.metrics.map { ($0.host, $0.port) } ?? file.metrics.map { ($0.host, $0.port) }
    configuration.grace = running.grace?.duration ?? .seconds(10)
    if watching.once { configuration.once = .init(timeout: watching.timeout?.duration ?? .seconds(60)) }
    if let text = watching.resetPosition {
      for stream in streams {
        configuration.resets[stream.name] = try Self.start(text, stream.streamType, option: "--reset-position")
      }
    }
    self.configuration = configuration
  }

  private static func ruleSets(
    _ file: BoxwatchConfiguration, _ rules: [String]
  ) throws -> [(name: String, paths: [String])] {
    let sets: [(name: String, paths: [String])]
    if !rules.isEmpty {
      // What is named on the command line takes the place of every set.
      let names = file.ruleSets.isEmpty ? ["default"] : file.ruleSets.map(\.name)
      sets = names.map { ($0, rules) }
    } else if file.ruleSets.isEmpty {
      sets = [("default", ["rules"])]
    } else {
      sets = file.ruleSets.map { ($0.name, $0.paths) }
    }
    for set in sets { _ = try RuleArguments.sources(set.paths) }
    return sets
  }

  private static func streams(
    _ file: BoxwatchConfiguration, _ watching: WatchOptions, _ asUser: String?, _ accounts: Accounts
  ) throws -> [WatchedStream] {
    guard !file.streams.isEmpty, watching.streamType == nil else {
      let type = watching.streamType ?? .all
      var stream = WatchedStream(
        name: "default", streamType: type, client: try accounts.client(nil, as: asUser),
        from: try watching.from.map { try start($0, type, option: "--from") } ?? .position(.now))
      stream.pollInterval = watching.pollInterval?.duration
      if type.isEnterprise { stream.feed = "default enterprise" }
      return [stream]
    }
    var streams: [WatchedStream] = []
    for configured in try accounts.lookup.streams(file.streams) {
      let users: [String?] = configured.asUsers.isEmpty ? [asUser] : configured.asUsers
      for user in users {
        var stream = WatchedStream(
          name: configured.asUsers.isEmpty ? configured.name : "\(configured.name)/\(user ?? "")",
          streamType: configured.streamType, client: try accounts.client(configured.account, as: user),
          from: try watching.from.map { try start($0, configured.streamType, option: "--from") }
            ?? configured.from.ofWatcher)
        stream.ruleSets = configured.rules.map { Set($0) }
        stream.pollInterval = watching.pollInterval?.duration
        if configured.streamType.isEnterprise {
          stream.feed = "\(accounts.lookup.label(configured.account)) enterprise"
        }
        streams.append(stream)
      }
    }
    return streams
  }

  /// The streams of a feed share what they have handled, which is right where they feed the same rules. The others get
  /// a feed of their own, by the name of the first of them. Where some rules were fed by both, none of that would do.
  private static func withOwnFeeds(
    _ streams: [WatchedStream], _ sets: [(name: String, paths: [String])]
  ) throws -> [WatchedStream] {
    func rules(of stream: WatchedStream) -> Set<String> {
      Set(sets.filter { stream.ruleSets?.contains($0.name) ?? true }.flatMap(\.paths).map(Self.withoutSlash))
    }
    return try streams.map { stream in
      guard !stream.feed.isEmpty else { return stream }
      let own = rules(of: stream)
      let sharing = streams.filter { $0.feed == stream.feed }
      for other in sharing where rules(of: other) != own {
        guard let path = Self.shared(own, rules(of: other)) else { continue }
        throw CommandFailure(
          .badConfiguration,
          "streams \(stream.name) and \(other.name) bring the same events; \(path) gets them from both, other rules do not",
          advice: "Give both streams the same rules, or each its own.")
      }
      guard let first = sharing.first(where: { rules(of: $0) == own }), first.name != sharing.first?.name else {
        return stream
      }
      var stream = stream
      stream.feed += " \(first.name)"
      return stream
    }
  }

  private static func withoutSlash(_ path: String) -> String {
    path.utf8.count > 1 && path.hasSuffix("/") ? withoutSlash(String(path.dropLast())) : path
  }

  /// The first path that is one of both, or lies inside one of them.
  private static func shared(_ one: Set<String>, _ other: Set<String>) -> String? {
    func isInside(_ path: String, _ folders: Set<String>) -> Bool {
      folders.contains { path == $0 || path.hasPrefix($0 + "/") }
    }
    return (one.filter { isInside($0, other) } + other.filter { isInside($0, one) }).min()
  }

  /// `now`, `beginning`, a time, or a position.
  static func start(_ text: String, _ type: StreamType, option: String) throws -> WatchedStream.Start {
    switch text {
    case "now": return .position(.now)
    case "beginning", "0": return .position(.beginning)
    default: break
    }
    if let time = TimeArgument(argument: text)?.time {
      guard type == .adminLogs else {
        throw CommandFailure(
          .usage, "\(option) \(text): only admin_logs can begin at a time; Box heeds it on no other stream",
          advice: "Begin at \"now\", \"beginning\" or a stream position, or add --stream-type admin_logs.")
      }
      return .time(time)
    }
    let advice =
      "It takes now, beginning, a stream position, or on admin_logs a time such as 2026-01-05T09:00:00Z or -1h."
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw CommandFailure(.usage, "\(option) \(text): there is no such beginning", advice: advice)
    }
    // Box judges all else.
    if let meant = MistypedStart.meaning(of: text) {
      throw CommandFailure(.usage, "\(option) \(text): did you mean \(meant)?", advice: advice)
    }
    return .position(StreamPosition(text))
  }
}

extension BoxwatchConfiguration.Start {
  fileprivate var ofWatcher: WatchedStream.Start {
    switch self {
    case .position(let position): .position(position)
    case .time(let time): .time(time)
    case .ago(let span): .time(WallClock.now - span)
    }
  }
}

extension BoxwatchConfiguration.Sink.Kind {
  fileprivate var ofWatcher: AlertSinkConfiguration.Kind {
    switch self {
    case .log: .log
    case .file(let path): .file(path: path)
    case .slack(let url): .slack(url: url)
    case .teams(let url): .teams(url: url)
    case .webhook(let url, let secret): .webhook(url: url, hmacSecret: secret)
    case .pagerduty(let key, let url): .pagerduty(routingKey: key, url: url)
    case .email(let to, let from): .email(from: from, to: to)
    case .exec(let command): .exec(command: command)
    }
  }
}
