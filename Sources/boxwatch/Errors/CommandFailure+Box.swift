import BoxClient
import EventFeed

extension CommandFailure {
  init(_ stop: FeedStop) {
    switch stop.reason {
    case .positionRefused:
      self.init(.badInput, stop.description, advice: Advice.position(stop.position?.text))
    case .unauthorized: self.init(.refused, stop.description, advice: Advice.unauthorized)
    case .forbidden: self.init(.refused, stop.description, advice: Advice.forbidden)
    case .refused: self.init(.badInput, stop.description)
    }
  }

  init(_ refusal: BoxAPIError) {
    switch refusal.status {
    case 401: self.init(.refused, "\(refusal)", advice: Advice.unauthorized)
    case _ where refusal.call.hasSuffix("/oauth2/token") && refusal.status < 429:
      self.init(.refused, "\(refusal)", advice: Advice.grant)
    case 403: self.init(.refused, "\(refusal)", advice: Advice.forbidden)
    case 400 where refusal.message?.lowercased().contains("position") == true:
      self.init(.badInput, "\(refusal)", advice: Advice.position(nil))
    case 404:
      self.init(.badInput, "\(refusal)", advice: "Is --api-url the address alone, without a path such as /2.0?")
    case 408, 429, 500...: self.init(.unreachable, "\(refusal)", advice: "Box is busy or in trouble; try again later.")
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

/// What to do about a refusal.
private enum Advice {
  static let unauthorized =
    "Box does not accept the access token. Check BOX_DEVELOPER_TOKEN (it lives for 60 minutes), or BOX_CLIENT_ID and "
    + "BOX_CLIENT_SECRET."
  static let forbidden =
    "The account lacks a right. Enterprise streams need an admin or co-admin with \"Run new reports and access existing "
    + "reports\", and the scope \"Manage enterprise properties\" ticked for the app in the developer console; --as-user "
    + "needs \"Make API calls using the as-user header\"."
  static let grant =
    "Check BOX_CLIENT_ID, BOX_CLIENT_SECRET and BOX_ENTERPRISE_ID or BOX_USER_ID. The app must be authorised by an "
    + "admin (Admin Console, Integrations), and BOX_USER_ID needs \"Generate user access tokens\"."

  static func position(_ position: String?) -> String {
    let which = position.map { "The stream position \($0)" } ?? "The stream position"
    return "\(which) is not one that Box knows. --stream-position takes one that an earlier run printed, \"now\", or 0 "
      + "for everything that is still kept."
  }
}
