/// A function of a script that the host may call for as long as it keeps this.
public final class LuaFunction: Sendable {
  let reference: Int64
  private let releases: ReleaseQueue

  init(reference: Int64, releases: ReleaseQueue) {
    self.reference = reference
    self.releases = releases
  }

  deinit {
    releases.add(reference)
  }
}
