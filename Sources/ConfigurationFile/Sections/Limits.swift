extension BoxwatchConfiguration {
  mutating func readBudgets(_ top: MappingReader) {
    guard let map = top.mapping("budgets", "a mapping such as { cpu: 250ms }") else { return }
    let usual = Budgets()
    budgets.cpu = map.value("cpu", .computing) ?? usual.cpu
    budgets.wait = map.value("wait", .duration) ?? usual.wait
    budgets.load = map.value("load", .computing) ?? usual.load
    budgets.memory = map.value("memory", .size) ?? usual.memory
    budgets.totalMemory = map.value("total_memory", .size) ?? usual.totalMemory
    budgets.backlog = map.value("backlog", .positive) ?? usual.backlog
    budgets.dedupIDs = map.value("dedup_ids", .positive) ?? usual.dedupIDs
    budgets.callsPerMinute = map.value("calls_per_minute", .countOrNone) ?? usual.callsPerMinute
    if budgets.memory < 64 << 10 {
      map["memory"]?.fail(
        "memory is \(budgets.memory) bytes, less than any rule file needs; a unit may be missing, as in 64MiB")
    }
    if budgets.totalMemory < budgets.memory {
      (map["total_memory"] ?? map["memory"])?.fail(
        "total_memory (\(budgets.totalMemory) bytes) is less than memory, which one rule file may take "
          + "(\(budgets.memory) bytes)")
    }
    map.finish()
  }

  mutating func readLog(_ top: MappingReader) {
    guard let map = top.mapping("log", "the keys level and format") else { return }
    log.level = map.value("level", .choice) ?? log.level
    log.format = map.value("format", .choice) ?? log.format
    map.finish()
  }
}
