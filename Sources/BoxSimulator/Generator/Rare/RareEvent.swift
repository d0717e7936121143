/// A kind of event that is seldom seen: administration, security, retention and the like.
struct RareEvent: Sendable {
  /// What it happens to.
  enum Subject: Sendable {
    case file, folder, person, group, collaboration, application, appItem, barrier, report, null, absent
  }

  /// The shape of its `additional_details`.
  enum Details: Sendable {
    case none, empty, service, device, shieldAlert, downloadBlocked, externalCollaboration, justification, barrierGroup
    case metadata, retention, legalHold, task, workflow, collection, watermark, ai, edr, application, emailAlias
    case sharedLink, sign, malware, collaboration
  }

  var userType: String?
  var enterpriseType: String?
  var subject: Subject
  var details: Details

  /// All kinds. Together with what `Activity` makes they cover every type that Box's guides and specification list.
  static let all: [RareEvent] = enterpriseOnly + userOnly

  private static let userOnly: [RareEvent] = [
    RareEvent(userType: "ENABLE_TWO_FACTOR_AUTH", enterpriseType: "ENABLE_MULTI_FACTOR_AUTH", .person, .none),
    RareEvent(userType: "MASTER_INVITE_ACCEPT", enterpriseType: nil, .person, .none),
    RareEvent(userType: "MASTER_INVITE_REJECT", enterpriseType: nil, .person, .none),
    RareEvent(userType: "ACCESS_GRANTED", enterpriseType: "ACCESS_GRANTED", .person, .none),
    RareEvent(userType: "ACCESS_REVOKED", enterpriseType: "ACCESS_REVOKED", .person, .none),
  ]

  private static let enterpriseOnly: [RareEvent] = RareEventTable.groups.flatMap { group in
    group.types.split(whereSeparator: \.isWhitespace).map {
      RareEvent(userType: nil, enterpriseType: String($0), group.subject, group.details)
    }
  }

  init(userType: String?, enterpriseType: String?, _ subject: Subject, _ details: Details) {
    self.userType = userType
    self.enterpriseType = enterpriseType
    self.subject = subject
    self.details = details
  }
}
