/// Signature requests: a chain of events about one document.
extension EventGenerator {
  /// The chain's events with the status that each reports.
  private static let chain = [
    ("SIGN_DOCUMENT_CREATED", "created"), ("SIGN_DOCUMENT_CONVERTED", "converting"),
    ("SIGN_DOCUMENT_ASSIGNED", "sent"), ("SIGN_DOCUMENT_VIEWED_BY_SIGNER", "viewed"),
    ("SIGNER_DOWNLOADED", "downloaded"), ("SIGN_DOCUMENT_SIGNED", "signed"),
  ]

  private static let outcomes = [
    ("SIGN_DOCUMENT_COMPLETED", "signed"), ("SIGN_DOCUMENT_DECLINED", "declined"),
    ("SIGN_DOCUMENT_CANCELLED", "cancelled"), ("SIGN_DOCUMENT_EXPIRED", "expired"), ("SIGNER_FORWARDED", "sent"),
  ]

  mutating func beginSigning() -> Draft {
    let file = activeFile()
    let person = staffMember()
    for event in 1..<Self.chain.count { pending.append(.sign(file: file, by: person, event: event)) }
    pending.append(.sign(file: file, by: person, event: Self.chain.count + random.below(Self.outcomes.count)))
    return sign(file: file, by: person, event: 0)
  }

  mutating func sign(file: Int, by person: Int, event: Int) -> Draft {
    let events = Self.chain + Self.outcomes
    let (type, status) = events[event]
    var draft = Draft(nil, type, by: world.people[person], .file(file))
    draft.details = signDetails(file, by: person, status: status)
    return draft
  }

  /// `additional_details.sign_request`, with the members of Box's examples.
  mutating func signDetails(_ file: Int, by person: Int, status: String) -> [UInt8] {
    let item = world.files[file].item
    // One request for each file: its id is the document's.
    let request = "123e4567-e89b-42d3-a456-\(item.id)"
    var writer = JSONWriter()
    writer.raw(#"{"sign_request":{"sign_request_id":"#)
    writer.string(request)
    writer.raw(#","sign_request_short_id":"#)
    writer.quoted(item.id)
    writer.raw(#","status":"#)
    writer.string(status)
    writer.raw(#","signer_ip_address":null,"requestor_ip_address":"","files":[{"id":"#)
    writer.quoted(item.id)
    writer.raw(#","type":"file","name":"#)
    writer.string(item.name)
    writer.raw(#","parent":{"id":"#)
    writer.quoted(item.folder >= 0 ? world.folders[item.folder].item.id : 0)
    writer.raw(#","type":"folder"}}],"requestor":"#)
    writer.raw(world.people[person].mini)
    writer.raw(#","signer":null,"template":null,"batch_send":null,"redirection":{"redirect_url":null,"#)
    writer.raw(#""declined_redirect_url":null},"sender_message":{"subject":"Please sign","message":"#)
    writer.string("Please sign \(item.name)")
    writer.raw(#"},"forward":null}}"#)
    return writer.bytes
  }
}
