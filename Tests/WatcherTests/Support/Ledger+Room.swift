@testable import Ledger

extension Ledger {
  /// SQLite finds the disk full when the database grows beyond what it has now.
  func takeRoom() async throws {
    try await perform { database in
      let pages = try database.list("PRAGMA page_count") { $0.integer(0) }[0]
      try database.run("PRAGMA max_page_count = \(pages)")
    }
  }

  func giveRoom() async throws {
    try await perform { try $0.run("PRAGMA max_page_count = 1000000") }
  }

  /// Cells of this part fail, for a reason that does not pass.
  func refuseCells(of part: String) async throws {
    try await perform {
      try $0.run(
        "CREATE TRIGGER refuse BEFORE INSERT ON cell WHEN NEW.part = '\(part)' BEGIN SELECT RAISE(ABORT, 'no'); END")
    }
  }
}
