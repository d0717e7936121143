/// `additional_details` of rare events. They are free form; the shapes are those of Box's examples where there are
/// any.
extension EventGenerator {
  mutating func details(_ kind: RareEvent.Details, _ file: Int, _ person: Int) -> [UInt8]? {
    switch kind {
    case .none: return nil
    case .shieldAlert: return shieldAlert(file, person)
    case .downloadBlocked: return downloadBlocked(file, person)
    case .externalCollaboration: return externalCollaboration(file, person, justified: random.chance(0.4))
    case .justification: return justification(file, person)
    case .task: return taskDetails(file, by: person, task: world.freshId(from: 300_000_000_000), assignee: person)
    case .sign: return signDetails(file, by: person, status: "viewed")
    default: return Array(simpleDetails(kind, file, person).utf8)
    }
  }

  private mutating func simpleDetails(_ kind: RareEvent.Details, _ file: Int, _ person: Int) -> String {
    let number = random.within(1000...999_999)
    switch kind {
    case .service: return #"{"service_id":"\#(number)","service_name":"Box Web Application"}"#
    case .device: return #"{"device_id":"\#(number)","device_type":"desktop","os":"Windows 11"}"#
    case .barrierGroup:
      let group = world.groups[random.below(world.groups.count)]
      return #"{"group_id":"\#(group.id)","group_name":"\#(group.name)"}"#
    case .metadata:
      return #"{"metadata":{"template_key":"contract","scope":"enterprise_\#(number)","type":"properties","#
        + #""operationParams":"[{\"op\":\"add\",\"path\":\"/state\",\"value\":\"draft\"}]"}}"#
    case .retention:
      return #"{"retention_policy":{"id":"\#(number)","name":"Seven years","policy_type":"finite","length_days":2555}}"#
    case .legalHold: return #"{"legal_hold_policy":{"id":"\#(number)","name":"Case \#(number % 100)"}}"#
    case .workflow:
      return #"{"policy":{"id":\#(number),"name":"No card numbers"},"action":"quarantine","matched":\#(number % 7)}"#
    case .collection:
      return #"{"collection":{"id":"\#(number)","name":"Reading list","item_id":"\#(world.files[file].item.id)"}}"#
    case .watermark: return #"{"watermark":{"imprint":"default","version_id":"\#(world.files[file].versionId)"}}"#
    case .ai:
      return #"{"ai_request":{"id":"\#(number)","mode":"single_item_qa","model":"azure__openai__gpt_4o_mini","#
        + #""items":[{"type":"file","id":"\#(world.files[file].item.id)"}],"tokens":\#(number % 4000)}}"#
    case .edr: return #"{"edr":{"vendor":"CrowdStrike","agent_id":"a\#(number)","tools_version":"5.\#(number % 30)"}}"#
    case .application: return #"{"application":{"id":\#(number),"key_id":"k\#(number)"},"scopes":["root_readwrite"]}"#
    case .emailAlias: return #"{"email":"alias\#(number)@example.com","user_id":"\#(world.people[person].id)"}"#
    case .sharedLink:
      return #"{"shared_link_id":"s\#(number)","expires_at":"\#(Timestamp.text(secondsSince1970: createdAt + 86400))"}"#
    case .malware: return #"{"malware":{"name":"Trojan.Generic.\#(number)","engine":"Shield"},"size":\#(number)}"#
    case .collaboration:
      return #"{"type":"box://event/additional_details/collaboration","collab_id":"0","is_performed_by_admin":false}"#
    default: return "{}"
    }
  }
}
