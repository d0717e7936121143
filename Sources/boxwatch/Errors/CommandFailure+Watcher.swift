import Watcher

extension CommandFailure {
  init(_ error: WatcherError) {
    switch error {
    case .rulesDoNotLoad:
      self.init(.badInput, error.description, advice: "boxwatch check says what is wrong with each.")
    case .unreachable:
      self.init(.unreachable, error.description, advice: "Check the network, a proxy, and --api-url.")
    }
  }
}
