/// What a queue holds of what is pending, and what it knows of the rest.
extension OutboxStateMachine {
  struct Holdings {
    /// Pending deliveries up to this id have been read, or the ledger is known to hold them.
    var known: Int64 = 0
    /// Whether the ledger may hold some that could be held now.
    var mayHaveMore = true
    var loading: Loading?
    /// In order: the files whose first delivery waits, and the lowest id of those behind it, which are left in the
    /// ledger meanwhile.
    var leftBehind: [String: Int64] = [:]
    /// Concurrent: when the first of those is due that wait in the ledger.
    var returnsAt: Int64?
  }

  /// What happened while the ledger was being read.
  struct Loading {
    var finished: Set<Int64> = []
    var missed = false
    var wasRewound = false
  }

  /// Takes in deliveries that were just committed.
  mutating func add(_ items: [OutboxItem]) {
    for item in items where item.id > holdings.known {
      if let path = item.payload.path, holdings.leftBehind[path] != nil { continue }
      if holdings.mayHaveMore || entries.count >= capacity {
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
    if let due = holdings.returnsAt, due <= now || due - now > Self.longestRetryAfter {
      holdings.returnsAt = nil
      holdings.mayHaveMore = true
    }
    guard holdings.mayHaveMore, holdings.loading == nil, report.isEmpty else { return nil }
    if entries.count > capacity / 2 { leaveWaiting(at: now) }
    guard entries.count <= capacity / 2 else { return nil }
    holdings.loading = Loading()
    return switch order {
    case .inOrder: (.after(holdings.known, without: Set(holdings.leftBehind.keys)), capacity)
    case .concurrent: (.due(by: now, orBeyond: now + Self.longestRetryAfter), capacity)
    }
  }

  mutating func loaded(_ load: OutboxLoad) {
    guard let loading = holdings.loading else { return }
    holdings.loading = nil
    for item in load.items where !loading.finished.contains(item.id) { insert(item) }
    if !loading.wasRewound { holdings.known = max(holdings.known, load.through) }
    holdings.mayHaveMore = !load.isAll || loading.missed || loading.wasRewound
    holdings.returnsAt = [holdings.returnsAt, load.nextDue].compactMap(\.self).min()
  }

  mutating func loadingFailed() {
    holdings.loading = nil
  }

  /// Makes room for what can be attempted: what cannot stays in the ledger until its time. In order, the first delivery
  /// to a file stays, and those behind it are read again when it is done.
  private mutating func leaveWaiting(at now: Int64) {
    switch order {
    case .inOrder:
      var waiting: Set<String> = []
      entries.removeAll { entry in
        guard let path = entry.item.payload.path else { return false }
        if waiting.contains(path) {
          holdings.leftBehind[path] = min(holdings.leftBehind[path] ?? .max, entry.item.id)
          return true
        }
        if entry.due(at: now) > now { waiting.insert(path) }
        return false
      }
    case .concurrent:
      entries.removeAll { entry in
        let due = entry.due(at: now)
        guard !entry.isInFlight, due > now else { return false }
        holdings.returnsAt = min(holdings.returnsAt ?? due, due)
        return true
      }
    }
  }

  private mutating func insert(_ item: OutboxItem) {
    let index = entries.partitioningIndex(of: item.id) { $0.item.id }
    guard index == entries.count || entries[index].item.id != item.id else { return }
    var item = item
    item.mayHaveBegun = item.mayHaveBegun || item.id <= restoredUpTo
    entries.insert(Entry(item: item, longestWait: longestWait(restored: item)), at: index)
  }

  /// The ledger does not say whether a target had asked for the pause.
  private func longestWait(restored item: OutboxItem) -> Int64 {
    if case .concurrent = order, item.attempts > 0 { return Self.longestRetryAfter }
    return Self.longestPause.milliseconds
  }

  func index(of id: Int64) -> Int? {
    let index = entries.partitioningIndex(of: id) { $0.item.id }
    return index < entries.count && entries[index].item.id == id ? index : nil
  }

  /// Drops what is done for the ledger to forget.
  mutating func remove(_ index: Int) {
    let item = entries.remove(at: index).item
    holdings.loading?.finished.insert(item.id)
    guard let path = item.payload.path, let first = holdings.leftBehind.removeValue(forKey: path) else { return }
    holdings.known = min(holdings.known, first - 1)
    holdings.mayHaveMore = true
    holdings.loading?.wasRewound = true
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
