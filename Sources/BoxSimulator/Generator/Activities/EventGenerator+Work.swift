/// Comments, tasks and locks.
extension EventGenerator {
  private static let remarks = [
    "Looks good to me.", "Please update the totals on page 3.", "¿Puedes revisarlo hoy?", "承認しました",
    "Wer hat das \"final\" genannt?",
    "Line one\nLine two", "👍", "Shipped. See the folder above.",
  ]

  mutating func comment(_ type: String) -> Draft {
    let file = activeFile()
    let person = actor()
    world.files[file].commentCount += 1
    let id = world.freshId(from: 400_000_000_000)
    let message = random.pick(Self.remarks)
    var details = JSONWriter()
    details.raw(#"{"comment_id":"#)
    details.quoted(id)
    details.raw(#","message":"#)
    details.string(message)
    details.raw("}")
    var comment = JSONWriter()
    comment.raw(#"{"type":"comment","id":"#)
    comment.quoted(id)
    comment.raw(#","is_reply_comment":false,"message":"#)
    comment.string(message)
    comment.raw(#","created_by":"#)
    comment.raw(world.people[person].mini)
    comment.raw(#","created_at":"#)
    comment.quotedTimestamp(createdAt)
    comment.raw(#","item":"#)
    comment.file(world.files[file], in: world)
    comment.raw("}")
    var draft = Draft(
      type, type, by: world.people[person], .text(user: comment.bytes, enterprise: itemMini(ofFile: file)))
    draft.details = details.bytes
    return draft
  }

  mutating func createTask() -> Draft {
    let file = activeFile()
    let person = staffMember()
    let task = world.freshId(from: 300_000_000_000)
    for _ in 0..<random.within(1...3) {
      pending.append(.assign(file: file, by: person, to: staffMember(), task: task))
    }
    var draft = Draft("TASK_CREATE", "TASK_CREATE", by: world.people[person], .file(file))
    draft.details = taskDetails(file, by: person, task: task, assignee: nil)
    return draft
  }

  mutating func assignTask(file: Int, by person: Int, to assignee: Int, task: Int) -> Draft {
    var draft = Draft("TASK_ASSIGNMENT_CREATE", "TASK_ASSIGNMENT_CREATE", by: world.people[person], .file(file))
    draft.accessibleBy = world.people[assignee]
    draft.details = taskDetails(file, by: person, task: task, assignee: assignee)
    return draft
  }

  mutating func lock() -> Draft {
    let file = activeFile()
    let person = actor()
    world.files[file].lock = person
    pending.append(.unlock(file: file, by: person))
    return Draft("LOCK_CREATE", "LOCK", by: world.people[person], .file(file))
  }

  /// The lock of a file that was deleted meanwhile goes without a source (PROTOCOL.md §4, variant 5).
  mutating func unlock(file: Int, by person: Int) -> Draft {
    world.files[file].lock = nil
    let isThere = world.files[file].item.isActive && !random.chance(0.1)
    return Draft("LOCK_DESTROY", "UNLOCK", by: world.people[person], isThere ? .file(file) : .null)
  }

  /// `task.created_by.id` is a number, as Box announced it (PROTOCOL.md §4, "Ids").
  mutating func taskDetails(_ file: Int, by person: Int, task: Int, assignee: Int?) -> [UInt8] {
    var writer = JSONWriter()
    writer.raw(#"{"task":{"id":"#)
    writer.quoted(task)
    writer.raw(#","type":"task","created_by":{"id":"#)
    writer.raw(world.people[person].id)
    writer.raw(#","login":"#)
    writer.string(world.people[person].login)
    writer.raw(#"},"due_at":"#)
    writer.quotedTimestamp(createdAt + 3 * 86400)
    writer.raw(#","message":"#)
    writer.string("Review \(world.files[file].item.name)")
    if let assignee {
      writer.raw(#","assigned_to":"#)
      writer.raw(world.people[assignee].mini)
    }
    writer.raw("}}")
    return writer.bytes
  }

  func itemMini(ofFile file: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.itemMini("file", world.files[file].item, classification: world.files[file].classification, in: world)
    return writer.bytes
  }
}
