import Watcher

extension CommandFailure {
  init(_ error: WatcherError) {
    switch error {
    case .rulesDoNotLoad:
      self.init(.badInput, error.description, advice: "boxwatch check says what is wrong with each.")
    case .otherAccount:
      self.init(
        .badConfiguration, error.description,
        advice: "Give each a state directory of its own, for example --state .simulated with --simulate.")
    case .outputDiffers(_, let meant, _):
      self.init(
        .badConfiguration, error.description,
        advice: "Let them be written first, with --output \(meant), or take another --state.")
    case .cannotListen:
      self.init(.cannotCreate, error.description, advice: "Give --metrics an address of this machine and a free port.")
    case .unreachable:
      self.init(.unreachable, error.description, advice: "Check the network, a proxy, and --api-url.")
    }
  }
}
