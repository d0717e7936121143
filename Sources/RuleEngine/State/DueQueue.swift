import BoxClient

/// Items by the time at which they are due: a binary heap.
struct DueQueue<Item: Sendable>: Sendable {
  typealias Element = (due: Timestamp, item: Item)

  private var heap: [Element] = []

  var first: Element? { heap.first }
  var count: Int { heap.count }

  mutating func insert(_ item: Item, due: Timestamp) {
    heap.append((due, item))
    var child = heap.count - 1
    while child > 0, heap[child].due < heap[(child - 1) / 2].due {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
