/// A file and its length at one moment: what a ledger keeps so that an append that a crash cut short is recognised.
public struct FileMark: Sendable, Hashable, Codable {
  /// The file's inode number; nil when there was no file. The device's number is left out, as it may change when the
  /// machine starts again.
  public let file: UInt64?
  /// The file's length in bytes.
  public let length: Int

  public init(file: UInt64?, length: Int) {
    self.file = file
    self.length = length
  }

  /// There was no file.
  public static let missing = FileMark(file: nil, length: 0)
}

/// Where an append went.
public struct Appended: Sendable, Hashable {
  /// The file's length before, in bytes: where the header or else the text begins.
  public let offset: Int
  /// The file's length after, in bytes.
  public let length: Int
  /// The file after the append, for the next one.
  public let mark: FileMark

  init(offset: Int, count: Int, file: UInt64) {
    self.offset = offset
    length = offset + count
    mark = FileMark(file: file, length: length)
  }
}
