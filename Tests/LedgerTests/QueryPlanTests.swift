import Testing

@testable import Ledger

/// Which way SQLite takes, where another would be a walk through the whole table.
struct QueryPlanTests {
  let scratch = try! Scratch()

  @Test func whatIsDueIsFoundWithoutLookingThroughWhatIsNot() async throws {
    let ledger = try scratch.open()
    for condition in ["(attempts > 0) = 0", "(attempts > 0) = 1 AND due <= 7"] {
      let query = """
        EXPLAIN QUERY PLAN SELECT \(StoredDelivery.columns) FROM delivery
        WHERE parked IS NULL AND path IS NULL AND sink = 'slack' AND target = 'one' AND \(condition) ORDER BY due LIMIT 3
        """
      let plan = try await ledger.perform { try $0.list(query) { $0.text(3) } }
      #expect(plan.count == 1 && plan[0].contains("USING INDEX delivery_due"), "\(plan)")
    }
  }
}
