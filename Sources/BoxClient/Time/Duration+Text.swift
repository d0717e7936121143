extension Duration {
  /// For people: `250 ms`, `1.5 s`, `3 min`.
  public var roundedText: String {
    let seconds = self / .seconds(1)
    if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
    if seconds < 120 {
      let tenths = (seconds * 10).rounded() / 10
      return tenths == tenths.rounded() ? "\(Int(tenths)) s" : "\(tenths) s"
    }
    return seconds < 7200 ? "\(Int((seconds / 60).rounded())) min" : "\(Int((seconds / 3600).rounded())) h"
  }

  /// Not shorter than nothing, not longer than this.
  public func clamped(to longest: Duration) -> Duration { min(max(self, .zero), longest) }
}
