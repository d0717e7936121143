import ArgumentParser

/// `--state`: where a watcher remembers.
struct StateOption: ParsableArguments {
  @Option(help: ArgumentHelp("The state directory. (default: $STATE_DIRECTORY, else .boxwatch)", valueName: "dir"))
  var state: String?

  /// - Parameter configured: what a configuration says.
  func directory(configured: String? = nil) -> String {
    state ?? Self.usual(configured: configured)
  }

  /// The directory where no option names one.
  static func usual(configured: String? = nil) -> String {
    // systemd names several directories with colons between; the first is ours.
    let systemd = Environment.process["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
    return systemd ?? configured ?? ".boxwatch"
  }
}
