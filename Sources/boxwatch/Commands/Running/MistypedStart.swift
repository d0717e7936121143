import BoxClient

/// What is no stream position, although nobody says what one looks like: words, and times in another form. A stored
/// position must not give way to a slip, so these are refused before Box is asked.
enum MistypedStart {
  /// What was probably meant; nil for text that may be a position.
  static func meaning(of text: String) -> String? {
    let text = text.lowercased()
    if !text.contains(where: \.isNumber) {
      if forNow.contains(text) { return "now" }
      if forBeginning.contains(text) { return "beginning" }
      if let word = NearestName.nearest(to: text, in: ["now", "beginning"], atMost: 2) { return word }
      let others = forNow + forBeginning
      if let other = NearestName.nearest(to: text, in: others, atMost: text.count > 4 ? 1 : 0) {
        return forNow.contains(other) ? "now" : "beginning"
      }
    }
    guard looksLikeTime(text) else { return nil }
    return Duration(text: text) == nil ? "a time" : "-\(text)"
  }

  private static let forNow = ["current", "end", "head", "last", "latest", "live", "newest", "present", "tail"]
  private static let forBeginning = ["all", "begin", "earliest", "first", "none", "oldest", "origin", "start", "zero"]

  /// Whether nothing stands there but numbers, names of times and what separates the two; or a sign, which no position
  /// has. A number alone is a position, and so is one with an id behind a semicolon.
  private static func looksLikeTime(_ text: String) -> Bool {
    let separators = "+-./:,"
    // Nanoseconds have nine digits, and no other part of a time has more.
    if text.split(whereSeparator: { !$0.isNumber }).contains(where: { $0.count > 9 }) { return false }
    if let first = text.first, "+-".contains(first) { return true }
    guard text.contains(where: { $0.isLetter || separators.contains($0) }) else { return false }
    let words = text.split { $0.isNumber || separators.contains($0) }
    return words.allSatisfy { word in
      NearestName.nearest(to: String(word), in: names, atMost: word.count > 4 ? 1 : 0) != nil
    }
  }

  /// Units, days and months, and what else belongs to a time.
  private static let names = """
    ms s sec secs second seconds m min mins minute minutes h hr hrs hour hours d day days w wk week weeks mo month \
    months y yr year years ago t z utc gmt am pm today yesterday tomorrow midnight noon \
    mon monday tue tuesday wed wednesday thu thursday fri friday sat saturday sun sunday \
    jan january feb february mar march apr april may jun june jul july aug august sep september oct october \
    nov november dec december
    """.split(separator: " ").map(String.init)
}
