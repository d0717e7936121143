/// One thing that happened, before it is put into words.
struct Draft {
  /// What it happened to.
  enum Source {
    /// Indices into the world.
    case file(Int)
    case folder(Int)
    case webLink(Int)
    case collaboration(Collaboration)
    case person(Int)
    case group(Int)
    /// JSON text of its own on each family of streams.
    case text(user: [UInt8], enterprise: [UInt8])
    case null
    case absent
  }

  /// The name on user streams; nil where they do not show it.
  var userType: String?
  /// The name on enterprise streams; nil where they do not show it.
  var enterpriseType: String?
  var actor: Person
  var source: Source
  /// Where it came from; nil is `"Unknown IP"`.
  var address: String?
  /// JSON text of `additional_details`; nil is `null`.
  var details: [UInt8]?
  /// For whom an administrator acted.
  var actionBy: Person?
  /// The person who was given access (`accessible_by`).
  var accessibleBy: Person?
  /// Belongs to the `sync` stream, whatever the item's folder says.
  var isOnSync = false

  init(_ userType: String?, _ enterpriseType: String?, by actor: Person, _ source: Source) {
    self.userType = userType
    self.enterpriseType = enterpriseType
    self.actor = actor
    self.source = source
    address = actor.address
  }
}
