import BoxClient
import Delivery
import LuaHost

extension RuleFile {
  /// Milliseconds for which a path that was looked at is not looked at again: it is resolved anew at delivery anyway.
  private static let checkLasts: Int64 = 1000

  /// - Parameter writes: whether it is to be written.
  private func path(_ arguments: Arguments, writes: Bool = true) throws -> OutputPath {
    let bytes = try arguments.bytes(0).bytes
    do {
      let path = try OutputPath(utf8: bytes)
      if writes, let file = options.alertFiles.first(where: { path.isAbove($0) || path.isBelow($0) }) {
        throw Arguments.Mistake("\(file) is the alerts' own file; box.alert writes there")
      }
      let now = CoarseTime.milliseconds
      if let last = checkedPath, last.path == path, now - last.at < Self.checkLasts { return path }
      try services.checkFile(path)
      checkedPath = (path, now)
      return path
    } catch {
      throw Arguments.Mistake("\(arguments.function): \(error)")
    }
  }

  private func rotation(_ options: Options) throws -> FileRotation? {
    guard let size = try options.string("rotate") else {
      guard options["keep"].isNil else { throw Arguments.Mistake("\(options.function): keep is for files that rotate") }
      return nil
    }
    let keep = try options.integer("keep") ?? FileRotation.defaultKeep
    do {
      return try FileRotation(size: size, keep: keep)
    } catch {
      throw Arguments.Mistake("\(options.function): \(error)")
    }
  }

  func fileAppend(_ arguments: Arguments) throws -> HostReply {
    let scope = try scope(arguments.function)
    let path = try path(arguments)
    let bytes = try arguments.bytes(1).bytes
    let options = try arguments.options(2, known: ["rotate", "keep"])
    try add(.append(path, bytes, rotation: try rotation(options), header: nil), scope)
    return .values([])
  }

  func fileCSV(_ arguments: Arguments) throws -> HostReply {
    let scope = try scope(arguments.function)
    let path = try path(arguments)
    let options = try arguments.options(2, known: ["rotate", "keep", "header", "formulas"])
    let formulas = try options.boolean("formulas", default: false)
    var row = try cells(arguments[1], "row", arguments)
    let header = options["header"].isNil ? nil : try cells(options["header"], "header", arguments)
    // Lua cannot tell a list that ends with nil from a shorter one; the header can.
    while row.count < header?.count ?? 0 { row.append(.empty) }
    try add(
      .append(
        path, CSVRecord.encode(row, formulas: formulas), rotation: try rotation(options),
        header: header.map { CSVRecord.encode($0, formulas: formulas) }), scope)
    return .values([])
  }

  /// A row's cells. A nil in its middle leaves a hole in the Lua table: such a row comes as numbered pairs.
  private func cells(_ value: LuaValue, _ what: String, _ arguments: Arguments) throws -> [CSVRecord.Cell] {
    let elements: [LuaValue]
    switch value {
    case .array(let array): elements = array
    case .table(let table):
      var numbered: [Int64: LuaValue] = [:]
      for (key, value) in table.pairs {
        guard case .integer(let index) = key, (1...10_000).contains(index) else {
          throw Arguments.Mistake("\(arguments.function): the \(what) must be a list of cells")
        }
        numbered[index] = value
      }
      elements = (1...(numbered.keys.max() ?? 1)).map { numbered[$0] ?? .nil }
    default:
      throw Arguments.Mistake("\(arguments.function): the \(what) must be a list of cells, got \(value.typeName)")
    }
    return try elements.enumerated().map { index, element in
      switch element {
      case .nil, .null: .empty
      case .boolean(let boolean): .boolean(boolean)
      case .integer(let integer): .integer(integer)
      case .number(let number): .number(number)
      case .string(let string): .text(string.bytes)
      case .event(let json): .text(json.bytes)
      default:
        throw Arguments.Mistake(
          "\(arguments.function): cell \(index + 1) of the \(what) is a \(element.typeName); box.json.encode makes text of it"
        )
      }
    }
  }

  func fileWrite(_ arguments: Arguments) throws -> HostReply {
    let scope = try scope(arguments.function)
    let path = try path(arguments)
    guard arguments[2].isNil else {
      throw Arguments.Mistake("box.file.write takes a path and a text; it does not rotate")
    }
    try add(.write(path, try arguments.bytes(1).bytes), scope)
    return .values([])
  }

  func fileRead(_ arguments: Arguments) throws -> HostReply {
    let path = try path(arguments, writes: false)
    var content = try services.readFile(path)
    for effect in current?.effects ?? [] {
      switch effect {
      case .append(path, let bytes, _, let header): content = (content ?? header ?? []) + bytes
      case .write(path, let bytes): content = bytes
      default: continue
      }
    }
    guard let content else { return .values([.nil, .text("there is no file \"\(path)\"")]) }
    return .values([.string(LuaString(content))])
  }
}

extension OutputPath {
  /// Whether a file has this path, or lies below it.
  fileprivate func isAbove(_ file: String) -> Bool { file == description || file.hasPrefix(description + "/") }
  /// Whether this path would need a file to be a folder.
  fileprivate func isBelow(_ file: String) -> Bool { description.hasPrefix(file + "/") }
}
