/// Somebody who does things in the simulated enterprise.
struct Person: Sendable {
  var id: String
  var name: String
  var login: String
  /// Where the person usually works from.
  var address: String
  /// Belongs to another company.
  var isExternal = false
  /// The user's JSON text as events show it: `{"type":"user","id":…,"name":…,"login":…}`.
  var mini: String

  init(id: String, name: String, login: String, address: String, isExternal: Bool = false) {
    self.id = id
    self.name = name
    self.login = login
    self.address = address
    self.isExternal = isExternal
    var writer = JSONWriter()
    writer.raw(#"{"type":"user","id":"#)
    writer.string(id)
    writer.raw(#","name":"#)
    writer.string(name)
    writer.raw(#","login":"#)
    writer.string(login)
    writer.raw("}")
    mini = String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Who is not signed in (PROTOCOL.md §4, `created_by`).
  static let anonymous = Person(id: "2", name: "Unknown User", login: "", address: "Unknown IP")

  /// Box's staff (PROTOCOL.md §4, `created_by`): the one id that is not decimal.
  static let boxSupport = Person(
    id: "box_support", name: "Box Support", login: "support@box.com", address: "Unknown IP")
}
