extension BoxwatchConfiguration {
  mutating func readAlerts(_ top: MappingReader, sinks: [String]) {
    guard let map = top.mapping("alerts", "the keys default and routes") else { return }
    let sink = Form.known(sinks, "a sink", in: "sinks")
    alertRouting.default = map["default"]?.distinctList(sink, "sinks") ?? alertRouting.default
    if let routes = map.mapping("routes", "a mapping of severities to lists of sinks") {
      for severity in AlertSeverity.allCases {
        alertRouting.routes[severity] = routes[severity.rawValue]?.distinctList(sink, "sinks")
      }
      routes.finish()
    }
    map.finish()
  }

  mutating func readAllow(_ top: MappingReader) {
    guard let map = top.mapping("allow", "the keys box_write, http and exec") else { return }
    allow.boxWrite = map.value("box_write", .boolean) ?? allow.boxWrite
    allow.httpHosts = map["http"]?.distinctList(.host, "hosts", mayBeEmpty: true) ?? []
    allow.exec = map["exec"]?.distinctList(.programPath, "programs' absolute paths", mayBeEmpty: true) ?? []
    map.finish()
  }
}
