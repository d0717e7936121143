/// What a watcher is there for: many of one kind in a short time.
extension EventGenerator {
  /// One person empties a folder.
  mutating func deleteMany() -> Draft {
    let person = actor()
    let files = someFiles(random.within(12...40))
    for file in files.dropFirst() { pending.append(.trash(file: file, by: person)) }
    return trash(file: files.first ?? activeFile(), by: person)
  }

  /// One person takes a great deal away, from an address that is not theirs.
  mutating func downloadMany() -> Draft {
    let person = actor()
    let address = random.chance(0.6) ? People.strangeAddress(&random) : world.people[person].address
    let files = someFiles(random.within(20...60))
    for file in files.dropFirst() { pending.append(.download(file: file, by: person, address: address)) }
    return download(file: files.first ?? activeFile(), by: person, address: address)
  }

  /// A folder is dragged into the browser.
  mutating func uploadMany() -> Draft {
    let person = actor()
    let folder = activeFolder()
    for _ in 0..<random.within(10...40) { pending.append(.upload(folder: folder, by: person)) }
    return upload(ItemNames.file(&random), into: folder, by: person)
  }

  /// Different files that are not in the trash.
  private mutating func someFiles(_ count: Int) -> [Int] {
    let start = random.below(world.files.count)
    var found: [Int] = []
    for step in 0..<world.files.count {
      let index = (start + step) % world.files.count
      if world.files[index].item.isActive { found.append(index) }
      if found.count == count { break }
    }
    return found
  }
}
