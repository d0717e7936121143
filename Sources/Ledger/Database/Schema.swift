import GRDB

/// The tables, and how one version of them becomes the next.
///
/// The version is SQLite's `user_version`: it stands in the file's header, so it is known before anything is written.
enum Schema {
  /// "bxwl": what tells a ledger from other SQLite databases.
  static let applicationID: Int32 = 0x6278_776C

  /// Version `n` is made from `n - 1` by the step at `n - 1`; version 0 is an empty file. Steps are never changed once
  /// they have been released.
  private static let steps = [firstVersion, secondVersion]

  static var version: Int32 { Int32(steps.count) }

  /// Brings the tables to a version, by default this program's, within the caller's transaction.
  static func migrate(_ database: Database, from version: Int32, to target: Int32 = Self.version) throws {
    for step in steps[Int(version)..<Int(target)] { try database.execute(sql: step) }
    try database.execute(sql: "PRAGMA user_version = \(target)")
  }

  /// Times are milliseconds since 1970. Ids come from one ascending sequence for all tables and are never used twice.
  private static let firstVersion = """
    CREATE TABLE sequence (last INTEGER NOT NULL);
    INSERT INTO sequence VALUES (0);

    CREATE TABLE stream (
      name TEXT PRIMARY KEY,
      position TEXT,
      created_after TEXT
    ) WITHOUT ROWID;

    -- A row is a page, or several short ones; digests are packed, 16 bytes each.
    CREATE TABLE seen (
      id INTEGER PRIMARY KEY,
      feed TEXT NOT NULL,
      digests BLOB NOT NULL
    );
    CREATE INDEX seen_by_feed ON seen (feed);

    CREATE TABLE cell (
      namespace TEXT NOT NULL,
      part TEXT NOT NULL,
      key BLOB NOT NULL,
      value BLOB NOT NULL,
      PRIMARY KEY (namespace, part, key)
    ) WITHOUT ROWID;

    CREATE TABLE delivery (
      id INTEGER PRIMARY KEY,
      sink TEXT NOT NULL,
      kind TEXT NOT NULL,
      key TEXT NOT NULL,
      rule TEXT,
      path TEXT,
      payload BLOB NOT NULL,
      created INTEGER NOT NULL,
      due INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      error TEXT,
      parked INTEGER
    );
    CREATE INDEX delivery_pending ON delivery (sink) WHERE parked IS NULL;
    CREATE INDEX delivery_parked ON delivery (id) WHERE parked IS NOT NULL;

    CREATE TABLE file_mark (
      path TEXT PRIMARY KEY,
      file INTEGER,
      length INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- Handlers are netstrings; none means all that match.
    CREATE TABLE backlog (
      id INTEGER PRIMARY KEY,
      namespace TEXT NOT NULL,
      handlers BLOB NOT NULL,
      stream TEXT NOT NULL,
      event_id TEXT,
      event_type TEXT NOT NULL,
      event BLOB NOT NULL,
      replayed INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      due INTEGER NOT NULL,
      error TEXT,
      first_failure INTEGER
    );
    CREATE INDEX backlog_by_namespace ON backlog (namespace);

    CREATE TABLE parked_event (
      id INTEGER PRIMARY KEY,
      namespace TEXT NOT NULL,
      handler TEXT NOT NULL,
      stream TEXT NOT NULL,
      event_id TEXT,
      event_type TEXT NOT NULL,
      event BLOB NOT NULL,
      replayed INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      first_failure INTEGER,
      parked INTEGER NOT NULL,
      reason TEXT NOT NULL,
      error TEXT NOT NULL,
      location TEXT,
      traceback TEXT
    );

    CREATE TABLE quarantine (
      handler TEXT PRIMARY KEY,
      since INTEGER NOT NULL,
      reason TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE gap (
      id INTEGER PRIMARY KEY,
      stream TEXT NOT NULL,
      noticed INTEGER NOT NULL,
      beginning TEXT,
      ending TEXT,
      reason TEXT NOT NULL,
      filled INTEGER NOT NULL
    );

    CREATE TABLE meta (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) WITHOUT ROWID;
    """

  /// A queue for each place that a sink delivers to. What waits from before goes through one without a name.
  private static let secondVersion = """
    ALTER TABLE delivery ADD COLUMN target TEXT NOT NULL DEFAULT '';
    CREATE INDEX delivery_due ON delivery (sink, target, attempts > 0, due) WHERE parked IS NULL AND path IS NULL;
    """
}
