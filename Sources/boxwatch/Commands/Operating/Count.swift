import BoxClient

/// Numbers with their words.
enum Count {
  /// `1 event`, `12 events`, `2 deliveries`.
  static func text(_ count: Int, _ what: String) -> String {
    guard count != 1 else { return "1 \(what)" }
    return what.hasSuffix("y") ? "\(count) \(what.dropLast())ies" : "\(count) \(what)s"
  }

  /// `12 KiB`, `1.5 MiB`.
  static func bytes(_ count: Int) -> String {
    if count < 1024 { return "\(count) B" }
    if count < 1 << 20 { return "\(count >> 10) KiB" }
    let tenths = (count * 10) >> 20
    return tenths % 10 == 0 ? "\(tenths / 10) MiB" : "\(tenths / 10).\(tenths % 10) MiB"
  }
}

extension Duration {
  /// ``roundedText``, and days where it has many hours.
  var roundedAge: String { self < .seconds(48 * 3600) ? roundedText : "\(Int(self / .seconds(86_400))) d" }
}
