extension BoxwatchConfiguration {
  /// The names of all sinks, of those with mistakes too.
  mutating func readSinks(_ top: MappingReader) -> [String] {
    let entries = top.mapping("sinks", "a mapping of sinks by name")?.entries("a sink") ?? []
    let names = entries.map(\.name)
    sinks = Sink.builtIn.filter { !names.contains($0.name) }
    for (name, field) in entries {
      guard let map = MappingReader(field, "the sink's keys") else { continue }
      let type: SinkType? = name == "log" && !map.has("type") ? .log : map.required("type", .choice)
      guard let type else { continue }
      if name == "log" && type != .log { map["type"]?.fail("the sink `log` is the log; give this one another name") }
      let kind = Sink.Kind(type, map)
      map.finish()
      if let kind { sinks.append(Sink(name: name, kind: kind)) }
    }
    let builtIn = Sink.builtIn.map(\.name)
    return builtIn + names.filter { !builtIn.contains($0) }
  }
}

private enum SinkType: String, CaseIterable {
  case log, file, slack, teams, webhook, pagerduty, email, exec
}

extension BoxwatchConfiguration.Sink.Kind {
  /// Nil, and a problem, where something is wrong.
  fileprivate init?(_ type: SinkType, _ map: MappingReader) {
    switch type {
    case .log: self = .log
    case .file:
      guard let path = map.required("path", .outputPath) else { return nil }
      self = .file(path: path)
    case .slack:
      guard let url = map.requiredSecret("url", .httpsURL) else { return nil }
      self = .slack(url: url)
    case .teams:
      guard let url = map.requiredSecret("url", .httpsURL) else { return nil }
      self = .teams(url: url)
    case .webhook:
      let url = map.requiredSecret("url", .url, where: URLSecrets.mayHold)
      let key = map.secret("hmac_secret", .hmacSecret)
      guard let url else { return nil }
      self = .webhook(url: url, hmacSecret: key)
    case .pagerduty:
      let url = map.value("url", .httpsURL)
      guard let key = map.requiredSecret("routing_key", .routingKey) else { return nil }
      self = .pagerduty(routingKey: key, url: url)
    case .email:
      let to = map.requiredItems("to", "e-mail addresses")?.distinctList(.emailAddress, "e-mail addresses")
      let from = map.required("from", .emailAddress)
      guard let to, let from else { return nil }
      self = .email(to: to, from: from)
    case .exec:
      guard let command = map.requiredItems("command", "a program's path and its arguments")?.command() else {
        return nil
      }
      self = .exec(command: command)
    }
  }
}

extension Field {
  /// A program's absolute path and its arguments, as they are.
  fileprivate func command() -> [String]? {
    guard let words = items("a program's path and its arguments"), let program = words.first?.value(.programPath) else {
      return nil
    }
    return [program] + words.dropFirst().compactMap { $0.value(.argument) }
  }
}
