/// The simulated enterprise as it stands: who is there, what lies where. What happens changes it, and later events
/// show what it has become.
struct World: Sendable {
  let people = People.all
  var folders: [Folder] = []
  var files: [FileItem] = []
  var webLinks: [WebLink] = []
  var collaborations: [Collaboration] = []
  let groups = ["Sales", "Engineering", "Finance", "Interns", "Support", "全社"].enumerated().map {
    Group(id: 5_000_000_001 + $0, name: $1)
  }
  /// Indices of files and folders in the trash, oldest first.
  var trashedFiles: [Int] = []
  private var lastId = 0

  /// A small tree of folders and files, a few years old.
  init(using random: inout RandomSource) {
    for name in ItemNames.folders {
      // Folders at the top first, so that each has a parent that exists.
      let parent = folders.count < 8 ? -1 : random.below(folders.count)
      let age = Int64(random.within(30...900)) * 86400
      let item = Item(
        id: folderId(), name: name, folder: depth(of: parent) < 4 ? parent : -1, owner: random.below(People.staffCount),
        creator: 0, modifier: 0, createdAt: -age, modifiedAt: -age / 2)
      folders.append(Folder(item: item, isSynced: random.chance(0.4)))
    }
    for _ in 0..<150 {
      let age = Int64(random.within(4...400)) * 86400
      let folder = random.below(folders.count)
      let owner = folders[folder].item.owner
      let index = addFile(named: ItemNames.file(&random), in: folder, by: owner, at: -age, using: &random)
      files[index].item.sequence = random.below(5)
    }
  }

  /// Moves all times, which count from the history's beginning until it is known.
  mutating func shift(by seconds: Int64) {
    for index in folders.indices {
      folders[index].item.createdAt += seconds
      folders[index].item.modifiedAt += seconds
    }
    for index in files.indices {
      files[index].item.createdAt += seconds
      files[index].item.modifiedAt += seconds
    }
  }

  @discardableResult
  mutating func addFile(
    named name: String, in folder: Int, by creator: Int, at time: Int64, using random: inout RandomSource
  ) -> Int {
    lastId += 1
    // What lies in a folder belongs to the folder's owner.
    let owner = folder < 0 ? creator : folders[folder].item.owner
    let item = Item(
      id: 900_000_000_000 + lastId, name: name, folder: folder, owner: owner, creator: creator, modifier: creator,
      createdAt: time, modifiedAt: time)
    var file = FileItem(item: item, size: Self.size(&random), versionId: 0, digest: (0, 0, 0))
    file.classification = random.chance(0.12) ? random.pick(["Confidential", "Internal", "Top Secret"]) : nil
    files.append(file)
    addVersion(of: files.count - 1, by: creator, at: time, using: &random)
    return files.count - 1
  }

  /// New content for a file.
  mutating func addVersion(of file: Int, by person: Int, at time: Int64, using random: inout RandomSource) {
    lastId += 1
    files[file].versionId = 800_000_000_000 + lastId
    files[file].digest = (random.next(), random.next(), random.next())
    files[file].item.modifier = person
    files[file].item.modifiedAt = time
  }

  mutating func addFolder(named name: String, in parent: Int, by creator: Int, at time: Int64, isSynced: Bool) -> Int {
    let owner = parent < 0 ? creator : folders[parent].item.owner
    let item = Item(
      id: folderId(), name: name, folder: parent, owner: owner, creator: creator, modifier: creator, createdAt: time,
      modifiedAt: time)
    folders.append(Folder(item: item, isSynced: isSynced))
    return folders.count - 1
  }

  /// An id that nothing else has: of a collaboration, a comment, a task, a web link.
  mutating func freshId(from base: Int) -> Int {
    lastId += 1
    return base + lastId
  }

  func depth(of folder: Int) -> Int {
    var depth = 0
    var current = folder
    while current >= 0 {
      depth += 1
      current = folders[current].item.folder
    }
    return depth
  }

  /// Whether `folder` is `ancestor` or lies below it.
  func isBelow(_ folder: Int, _ ancestor: Int) -> Bool {
    var current = folder
    while current >= 0 {
      if current == ancestor { return true }
      current = folders[current].item.folder
    }
    return false
  }

  func isSynced(_ folder: Int) -> Bool {
    folder >= 0 && folders[folder].isSynced
  }

  private mutating func folderId() -> Int {
    freshId(from: 700_000_000_000)
  }

  /// Mostly small, sometimes large; once in a long while the size that a float overflows into.
  private static func size(_ random: inout RandomSource) -> Int {
    if random.chance(0.0004) { return .max }
    let magnitude = random.within(7...27)
    return (1 << magnitude) + random.below(1 << magnitude)
  }
}
