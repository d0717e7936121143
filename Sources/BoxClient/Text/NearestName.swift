/// Finds what somebody who misspelt a name has probably meant.
package enum NearestName {
  /// The candidate with the fewest slips between it and `name`; the first one of several. Nil where none is near.
  /// Letter case does not count.
  ///
  /// - Parameter limit: how many slips are allowed; without it one for every three letters, one at least and three at
  ///   most.
  package static func nearest(
    to name: String, in candidates: some Sequence<String>, atMost limit: Int? = nil
  ) -> String? {
    let typed = Array(name.uppercased().utf8)
    var best: (name: String, slips: Int)?
    var allowed = limit ?? min(3, max(1, typed.count / 3))
    for candidate in candidates {
      guard let slips = slips(typed, Array(candidate.uppercased().utf8), atMost: allowed) else { continue }
      best = (candidate, slips)
      if slips == 0 { break }
      allowed = slips - 1
    }
    return best?.name
  }

  /// The Damerau-Levenshtein distance: letters that were left out, added or replaced, and neighbours that were swapped
  /// (each letter in one slip only). Nil where it is more than `limit`.
  private static func slips(_ one: [UInt8], _ other: [UInt8], atMost limit: Int) -> Int? {
    guard abs(one.count - other.count) <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for row in 0..<one.count {
      var current = [row + 1]
      for column in 0..<other.count {
        let replaced = last[column] + (one[row] == other[column] ? 0 : 1)
        var least = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
          least = min(least, beforeLast[column - 1] + 1)
        }
        current.append(least)
      }
      if current.min()! > limit { return nil }
      beforeLast = last
      last = current
    }
    return last[other.count] <= limit ? last[other.count] : nil
  }
}
