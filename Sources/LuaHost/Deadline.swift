/// Bounds a wait.
enum Deadline {
  /// - Throws: ``LuaFailure`` of kind `wait` when `limit` is over; what `work` throws.
  static func run(
    within limit: Duration, _ work: @escaping @Sendable () async throws -> [LuaValue]
  ) async throws -> [LuaValue] {
    try await withThrowingTaskGroup(of: [LuaValue]?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let values = first else {
        throw LuaFailure(.wait, "the call waited longer than it may")
      }
      return values
    }
  }
}
