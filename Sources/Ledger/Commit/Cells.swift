/// A piece of a rule file's state: an entry of `box.kv`, a window's content, a timer.
public struct Cell: Sendable, Hashable {
  /// What the cell is of, such as `kv`, `window` or `timer`.
  public var part: String
  public var key: [UInt8]
  public var value: [UInt8]

  public init(part: String, key: [UInt8], value: [UInt8]) {
    self.part = part
    self.key = key
    self.value = value
  }
}

/// A cell that is set or deleted.
public struct CellChange: Sendable, Hashable {
  /// The rule file.
  public var namespace: String
  public var part: String
  public var key: [UInt8]
  /// Nil deletes the cell.
  public var value: [UInt8]?

  public init(namespace: String, part: String, key: [UInt8], value: [UInt8]?) {
    self.namespace = namespace
    self.part = part
    self.key = key
    self.value = value
  }
}

/// A fact about the state as a whole.
public struct MetaChange: Sendable, Hashable {
  public var key: String
  /// Nil deletes it.
  public var value: String?

  public init(key: String, value: String?) {
    self.key = key
    self.value = value
  }
}
