extension Duration {
  /// For people: `250 ms`, `1.5 s`, `3 min`.
  public var roundedText: String {
    let seconds = self / .seconds(1)
    if seconds < 0.9995 { return "\(Int((seconds * 1000).rounded())) ms" }
    if seconds < 119.95 {
      let tenths = (seconds * 10).rounded() / 10
      return tenths == tenths.rounded() ? "\(Int(tenths)) s" : "\(tenths) s"
    }
    return seconds < 7170 ? "\(Int((seconds / 60).rounded())) min" : "\(Int((seconds / 3600).rounded())) h"
  }

  /// Not shorter than nothing, not longer than this.
  public func clamped(to longest: Duration) -> Duration { min(max(self, .zero), longest) }
}
