/// What a queue holds of what is pending, and what it knows of the rest.
extension OutboxStateMachine {
  struct Holdings {
    /// In order: every pending delivery up to this id is held, or left behind with its file.
    var readThrough: Int64 = 0
    /// Up to this id the ledger has been looked at: whoever tells of those later tells nothing new.
    var seen: Int64 = 0
    /// Whether the ledger may have some that could be held now.
    var mayHaveMore = true
    var loading: Loading?
    /// In order: what is left in the ledger of files that wait, or of which there is too much.
    var leftBehind: [String: LeftBehind] = [:]
    /// Concurrent: when the first of those is due that wait in the ledger.
    var returnsAt: Int64?
  }

  /// What happened while the ledger was being read.
  struct Loading {
    var finished: Set<Int64> = []
    var missed = false
  }

  /// What of a file is not held; what of it is has lower ids.
  struct LeftBehind {
    var first: Int64
    var due: Int64 = 0
    var longestWait: Int64 = 0

    func due(at now: Int64) -> Int64 { due - now > longestWait ? now : due }
  }

  /// Whether nothing is held and the ledger has nothing either, now or later.
  var isEmpty: Bool {
    entries.isEmpty && !holdings.mayHaveMore && holdings.loading == nil && holdings.leftBehind.isEmpty
      && holdings.returnsAt == nil
  }

  /// Takes in deliveries that were just committed.
  mutating func add(_ items: [OutboxItem]) {
    for item in items where item.id > holdings.seen {
      if isLeftBehind(item) {
        // The file may be whole again when the ledger has been read, which may have been before this one was there.
        holdings.loading?.missed = true
      } else if holdings.mayHaveMore || entries.count >= capacity {
        holdings.mayHaveMore = true
        holdings.loading?.missed = true
      } else {
        insert(item)
      }
    }
  }

  /// What to read from the ledger now, if anything, and how much of it. The ledger must have the reports of everything
  /// that was attempted.
  mutating func beginLoading(at now: Int64) -> (OutboxRequest, limit: Int)? {
    guard holdings.loading == nil, report.isEmpty, let request = request(at: now) else { return nil }
    holdings.loading = Loading()
    // A file that comes back may have to wait again after its first delivery.
    if case .file = request { return (request, max(1, capacity / 4)) }
    return (request, capacity)
  }

  private mutating func request(at now: Int64) -> OutboxRequest? {
    switch order {
    case .inOrder:
      // What is in flight keeps its place.
      guard inFlight == 0, holdings.mayHaveMore || !holdings.leftBehind.isEmpty else { return nil }
      if entries.count > capacity / 2 { leaveFiles(at: now) }
      guard entries.count <= capacity / 2 else { return nil }
      if let (path, left) = returningFile(at: now), left.due(at: now) <= now { return .file(path, from: left.first) }
      return holdings.mayHaveMore ? .after(holdings.readThrough) : nil
    case .concurrent:
      if let due = holdings.returnsAt, due <= now || due - now > Self.longestRetryAfter {
        holdings.returnsAt = nil
        holdings.mayHaveMore = true
      }
      guard holdings.mayHaveMore else { return nil }
      if entries.count > capacity / 2 { leaveWaiting(at: now) }
      return entries.count <= capacity / 2 ? .due(by: now, orBeyond: now + Self.longestRetryAfter) : nil
    }
  }

  /// - Returns: whether there is something new, so that it is worth to look for more at once.
  mutating func loaded(_ load: OutboxLoad, of request: OutboxRequest) -> Bool {
    guard let loading = holdings.loading else { return false }
    holdings.loading = nil
    let before = (entries.count, holdings.readThrough)
    if case .file(let path, _) = request { holdings.leftBehind[path] = nil }
    for item in load.items where !loading.finished.contains(item.id) && !isLeftBehind(item) { insert(item) }
    holdings.seen = max(holdings.seen, load.last)
    switch request {
    case .file(let path, _):
      if !load.isAll { holdings.leftBehind[path] = LeftBehind(first: load.through + 1) }
    case .after:
      holdings.readThrough = max(holdings.readThrough, load.isAll ? load.last : load.through)
      holdings.mayHaveMore = !load.isAll
    case .due:
      holdings.mayHaveMore = !load.isAll
      holdings.returnsAt = [holdings.returnsAt, load.nextDue].compactMap(\.self).min()
    }
    // What has been told of meanwhile, and what will be told of that is seen already, is in the ledger.
    if loading.missed { holdings.mayHaveMore = true }
    if case .inOrder = order, holdings.seen > holdings.readThrough { holdings.mayHaveMore = true }
    // What cannot be read has been parked, and makes way for what is behind it.
    return before != (entries.count, holdings.readThrough) || load.items.isEmpty && !load.isAll || loading.missed
  }

  mutating func loadingFailed() {
    holdings.loading = nil
    holdings.mayHaveMore = true
  }

  /// When something that is not held can be next; nil where it is not a matter of time.
  func returns(at now: Int64) -> Int64? {
    switch order {
    case .inOrder: returningFile(at: now)?.1.due(at: now)
    case .concurrent: holdings.returnsAt
    }
  }

  /// The file whose turn comes first, of those of which nothing is held.
  private func returningFile(at now: Int64) -> (String, LeftBehind)? {
    guard !holdings.leftBehind.isEmpty else { return nil }
    let held = Set(entries.compactMap(\.item.payload.path))
    return holdings.leftBehind.lazy.filter { !held.contains($0.key) }.map { ($0.key, $0.value) }
      .min { $0.1.due(at: now) < $1.1.due(at: now) }
  }

  private func isLeftBehind(_ item: OutboxItem) -> Bool {
    item.payload.path.flatMap { holdings.leftBehind[$0] }.map { item.id >= $0.first } ?? false
  }

  /// Leaves in the ledger what goes into files whose first delivery waits for its time.
  private mutating func leaveFiles(at now: Int64) {
    var decided: Set<String> = []
    var waiting: Set<String> = []
    for entry in entries {
      guard let path = entry.item.payload.path, decided.insert(path).inserted, entry.due(at: now) > now else {
        continue
      }
      waiting.insert(path)
      holdings.leftBehind[path] = LeftBehind(
        first: entry.item.id, due: entry.item.due, longestWait: entry.longestWait)
    }
    entries.removeAll { $0.item.payload.path.map(waiting.contains) ?? false }
  }

  /// Leaves in the ledger what waits for its time.
  private mutating func leaveWaiting(at now: Int64) {
    entries.removeAll { entry in
      let due = entry.due(at: now)
      guard !entry.isInFlight, due > now else { return false }
      holdings.returnsAt = min(holdings.returnsAt ?? due, due)
      return true
    }
  }

  private mutating func insert(_ item: OutboxItem) {
    let index = entries.partitioningIndex(of: item.id) { $0.item.id }
    guard index == entries.count || entries[index].item.id != item.id else { return }
    var item = item
    item.mayHaveBegun = item.mayHaveBegun || item.id <= restoredUpTo
    entries.insert(Entry(item: item, longestWait: longestWait(restored: item)), at: index)
  }

  /// What was never attempted waits for nothing. Else the ledger does not say whether a target had asked for the pause.
  private func longestWait(restored item: OutboxItem) -> Int64 {
    if item.attempts == 0 { return 0 }
    if case .concurrent = order { return Self.longestRetryAfter }
    return Self.longestPause.milliseconds
  }

  func index(of id: Int64) -> Int? {
    let index = entries.partitioningIndex(of: id) { $0.item.id }
    return index < entries.count && entries[index].item.id == id ? index : nil
  }

  mutating func remove(_ index: Int) {
    let item = entries.remove(at: index).item
    holdings.loading?.finished.insert(item.id)
  }
}

extension Array {
  /// The first place whose key is not below the given one; the keys ascend.
  fileprivate func partitioningIndex(of key: Int64, by read: (Element) -> Int64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if read(self[middle]) < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
