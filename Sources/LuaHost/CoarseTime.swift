import CBoxLua

/// A clock that nobody sets, right to a few milliseconds. A look at it costs a tenth of one at `ContinuousClock`, so it
/// may be asked at every event.
public enum CoarseTime {
  /// Milliseconds since some moment of the past.
  public static var milliseconds: Int64 { bxl_coarse_time() }
}
