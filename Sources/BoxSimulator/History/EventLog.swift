import NIOCore

/// One family's events in the order of their arrival. Their texts lie in a `TextStore`, which several logs may share.
struct EventLog: Sendable {
  private(set) var records: [EventRecord] = []
  /// Indices of events whose text does not directly follow its predecessor's.
  private var breaks: [Int] = []

  var count: Int { records.count }
  var lastKey: Int64? { records.last?.key }

  mutating func reserve(_ capacity: Int) {
    records.reserveCapacity(capacity)
  }

  mutating func append(_ record: EventRecord) {
    if let last = records.last, !last.text.isFollowed(by: record.text) { breaks.append(records.count) }
    records.append(record)
  }

  /// Forgets all but the last `count` events. Their texts stay in the store.
  mutating func keepNewest(_ count: Int) {
    let surplus = records.count - count
    guard surplus > 0 else { return }
    records.removeFirst(surplus)
    breaks = breaks.map { $0 - surplus }.filter { $0 > 0 }
  }

  /// Index of the first event with a key above `key`.
  func index(after key: Int64) -> Int {
    var low = 0
    var high = records.count
    while low < high {
      let middle = (low + high) / 2
      if records[middle].key > key { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The texts of consecutive events as few slices, one for each uninterrupted piece of text.
  func slices(of range: Range<Int>, in texts: TextStore) -> [ByteBuffer] {
    var slices: [ByteBuffer] = []
    var start = range.lowerBound
    var nextBreak = firstBreak(after: start)
    while start < range.upperBound {
      let end = nextBreak < breaks.count ? min(breaks[nextBreak], range.upperBound) : range.upperBound
      if let slice = texts.slice(from: records[start].text, through: records[end - 1].text) { slices.append(slice) }
      start = end
      nextBreak += 1
    }
    return slices
  }

  /// The texts of chosen events, in the order given; neighbours in the store come as one slice.
  func slices(of indices: [Int], in texts: TextStore) -> [ByteBuffer] {
    var slices: [ByteBuffer] = []
    var position = 0
    while position < indices.count {
      let first = records[indices[position]].text
      var last = first
      position += 1
      while position < indices.count, last.isFollowed(by: records[indices[position]].text) {
        last = records[indices[position]].text
        position += 1
      }
      if let slice = texts.slice(from: first, through: last) { slices.append(slice) }
    }
    return slices
  }

  private func firstBreak(after index: Int) -> Int {
    var low = 0
    var high = breaks.count
    while low < high {
      let middle = (low + high) / 2
      if breaks[middle] > index { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
