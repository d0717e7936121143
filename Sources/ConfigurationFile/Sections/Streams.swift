import BoxClient

extension BoxwatchConfiguration {
  mutating func readStreams(_ top: MappingReader, accounts: [String], ruleSets: [String]) {
    for (name, field) in top.mapping("streams", "a mapping of streams by name")?.entries("a stream") ?? [] {
      guard let map = MappingReader(field, "the stream's keys") else { continue }
      var stream = Stream(name: name)
      stream.account = Self.account(map, accounts)
      stream.streamType = map.value("stream_type", .choice) ?? stream.streamType
      stream.rules = map["rules"]?.distinctList(.known(ruleSets, "a rule set", in: "rules"), "rule sets")
      if let from = map["from"], let start = from.value(.start) {
        stream.from = start
        Self.check(from, start, stream.streamType)
      }
      stream.asUsers = Self.asUsers(map, stream.streamType)
      map.finish()
      streams.append(stream)
    }
  }

  /// Nil where the file names none: the environment's account, else the file's only one.
  private static func account(_ map: MappingReader, _ accounts: [String]) -> String? {
    guard let field = map["account"] else {
      if accounts.count > 1 { map.field.fail("account is missing: \(Quoted.choice(accounts))") }
      return nil
    }
    guard accounts.isEmpty else { return field.value(.known(accounts, "an account", in: "accounts")) }
    _ = field.value(Form(expected: "default, since `accounts` names none") { $0 == "default" ? $0 : nil })
    return nil
  }

  private static func check(_ field: Field, _ start: Start, _ type: StreamType) {
    if case .position = start { return }
    guard type != .adminLogs else { return }
    field.fail(
      "a time is for admin_logs only: no other stream can be asked for one. "
        + "Here (\(type.rawValue)) expected now, beginning or a stream position")
  }

  private static func asUsers(_ map: MappingReader, _ type: StreamType) -> [String] {
    let list = map["as_user"]
    let file = map["as_user_file"]
    if list != nil, let file {
      file.fail("as_user and as_user_file exclude each other; keep one")
      return []
    }
    let users = list?.distinctList(.id, "user ids such as [\"11446498\"]") ?? file?.userIDsFromFile() ?? []
    if type.isEnterprise, users.count > 1 {
      (list ?? file)?.fail(
        "\(type.rawValue) is the enterprise's, the same for each of these users; name one of its administrators")
    }
    return users
  }
}

extension Field {
  /// The ids in a file, one a line; empty lines and lines that begin with `#` are read over.
  fileprivate func userIDsFromFile() -> [String]? {
    guard let path = resolvedPath() else { return nil }
    let text: String
    do {
      guard let content = try FileContent(path, limit: 16 << 20).text else {
        fail("\(Quoted.of(path)) is not valid UTF-8")
        return nil
      }
      text = content
    } catch {
      fail("\(Quoted.of(path)) \(error.problem)")
      return nil
    }
    var lineOfID: [String: Int] = [:]
    var ids: [String] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let word = line.drop(while: \.isWhitespace)
      let id = String(word.prefix { !$0.isWhitespace })
      if id.isEmpty || id.hasPrefix("#") { continue }
      guard Form.id.read(id) != nil, word.dropFirst(id.count).allSatisfy(\.isWhitespace) else {
        fail("line \(index + 1) of \(Quoted.of(path)): expected \(Form.id.expected), got \(Quoted.of(String(word)))")
        return nil
      }
      if let first = lineOfID.updateValue(index + 1, forKey: id) {
        fail("line \(index + 1) of \(Quoted.of(path)): \(Quoted.of(id)) stands in line \(first) already")
        return nil
      }
      ids.append(id)
    }
    if ids.isEmpty { fail("\(Quoted.of(path)) has no user ids; write one on each line") }
    return ids
  }
}
