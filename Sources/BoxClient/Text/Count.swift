/// Numbers with their words.
package enum Count {
  /// `1 event`, `12 events`, `2 deliveries`; `more` follows the word: `1 event handled`.
  package static func text(_ count: Int, _ what: String, _ more: String = "") -> String {
    let tail = more.isEmpty ? "" : " " + more
    guard count != 1 else { return "1 \(what)\(tail)" }
    return what.hasSuffix("y") ? "\(count) \(what.dropLast())ies\(tail)" : "\(count) \(what)s\(tail)"
  }

  /// `12 KiB`, `1.5 MiB`.
  package static func bytes(_ count: Int) -> String {
    if count < 1024 { return "\(count) B" }
    if count < 1 << 20 { return "\(count >> 10) KiB" }
    let tenths = (count * 10) >> 20
    return tenths % 10 == 0 ? "\(tenths / 10) MiB" : "\(tenths / 10).\(tenths % 10) MiB"
  }
}
