/// What people do, by kind; how often is a matter of weight.
enum Activity: CaseIterable {
  case upload, edit, download, preview, createFolder, rename, move, copy, trash, restore
  case share, updateLink, unshare, invite, changeRole, removeCollaborator
  case comment, deleteComment, assignTask, lock, tag, makeCurrent, sync
  case signIn, failToSignIn, joinGroup, leaveGroup
  case anonymousDownload, supportAction, uploadProgram, addWebLink, signDocument
  case deleteMany, downloadMany, uploadMany
  case rare, unheardOf

  /// Out of `totalWeight`.
  private var weight: Int {
    switch self {
    case .preview: 150
    case .upload: 140
    case .download: 110
    case .edit: 100
    case .rare: 75
    case .signIn: 65
    case .share, .trash: 30
    case .rename, .move, .comment: 25
    case .createFolder, .invite: 20
    case .copy, .assignTask, .lock: 15
    case .restore, .anonymousDownload: 10
    case .failToSignIn, .unshare, .joinGroup, .addWebLink: 8
    case .updateLink, .changeRole, .removeCollaborator, .deleteComment, .leaveGroup: 6
    case .supportAction, .uploadProgram, .signDocument, .sync, .makeCurrent: 5
    case .tag: 4
    case .deleteMany, .downloadMany, .uploadMany: 2
    case .unheardOf: 1
    }
  }

  private static let totalWeight = allCases.reduce(0) { $0 + $1.weight }

  static func draw(_ random: inout RandomSource) -> Activity {
    var left = random.below(totalWeight)
    for activity in allCases {
      left -= activity.weight
      if left < 0 { return activity }
    }
    return .preview
  }
}

/// What is sure to happen later, because something else has happened.
enum Step: Sendable {
  /// Indices of files and people.
  case trash(file: Int, by: Int)
  case download(file: Int, by: Int, address: String)
  case upload(folder: Int, by: Int)
  case failToSignIn(person: Int, address: String)
  case signIn(person: Int, address: String)
  case accept(collaboration: Int)
  case assign(file: Int, by: Int, to: Int, task: Int)
  case unlock(file: Int, by: Int)
  case sign(file: Int, by: Int, event: Int)

  /// Whether it follows within seconds.
  var isHasty: Bool {
    switch self {
    case .trash, .download, .upload, .failToSignIn, .signIn, .assign: true
    case .accept, .unlock, .sign: false
    }
  }
}
