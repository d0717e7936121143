import BoxClient
import EventFeed

extension CommandFailure {
  init(_ stop: FeedStop) {
    switch stop.reason {
    case .positionRefused:
      self.init(.badInput, stop.description, advice: Advice.position(stop.position?.text))
    case .unauthorized: self.init(.refused, stop.description, advice: Advice.unauthorized(stop.description))
    case .forbidden: self.init(.refused, stop.description, advice: Advice.forbidden)
    case .refused: self.init(.badInput, stop.description)
    }
  }

  init(_ refusal: BoxAPIError) {
    switch refusal.status {
    case _ where refusal.passes:
      self.init(.unreachable, "\(refusal)", advice: "Box is busy or in trouble; try again later.")
    case _ where refusal.call.hasSuffix("/oauth2/token"):
      self.init(.refused, "\(refusal)", advice: Advice.grant("\(refusal)"))
    case 401: self.init(.refused, "\(refusal)", advice: Advice.unauthorized("\(refusal)"))
    case 403: self.init(.refused, "\(refusal)", advice: Advice.forbidden)
    case 400 where refusal.message?.lowercased().contains("position") == true:
      self.init(.badInput, "\(refusal)", advice: Advice.position(nil))
    case 404:
      self.init(.badInput, "\(refusal)", advice: "Is --api-url the address alone, without a path such as /2.0?")
    default: self.init(.badInput, "\(refusal)")
    }
  }

  init(_ fault: NetworkFault) {
    switch fault.kind {
    case .invalidURL:
      self.init(.usage, fault.description, advice: "--api-url takes an address such as https://api.box.com")
    case .redirectRefused:
      self.init(.unreachable, fault.description, advice: "Is --api-url the address of the Box API itself?")
    default:
      self.init(.unreachable, "Box cannot be reached: \(fault)", advice: "Check the network, a proxy, and --api-url.")
    }
  }
}
