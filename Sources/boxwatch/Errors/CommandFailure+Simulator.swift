import BoxSimulator

extension CommandFailure {
  init(_ error: BoxSimulatorError) {
    switch error {
    case .portInUse, .cannotListen: self.init(.cannotCreate, "\(error)")
    case .unreadableEventsFile: self.init(.missingFile, "\(error)")
    case .badEventLine, .badEvent: self.init(.badInput, "\(error)")
    case .alreadyStarted: self.init(.programFault, "\(error)")
    }
  }
}
