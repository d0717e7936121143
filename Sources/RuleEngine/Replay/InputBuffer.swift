/// A file's bytes, read ahead in blocks.
struct InputBuffer: ~Copyable, @unchecked Sendable {
  // Unchecked because of the pointer: the memory belongs to this value alone, which cannot be copied.
  private var memory: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private let file: InputFile
  /// Whether everything has been read.
  private(set) var isAtEnd = false
  private(set) var bytesRead = 0

  init(_ file: consuming InputFile, blockBytes: Int) {
    self.file = file
    memory = .allocate(byteCount: max(1, blockBytes), alignment: 1)
  }

  deinit {
    memory.deallocate()
  }

  var name: String { file.name }

  /// What was read and not consumed. Valid until the next ``fill()``.
  var unread: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[start..<end]) }

  mutating func consume(_ count: Int) {
    precondition(count <= end - start, "\(count) bytes consumed of \(end - start)")
    start += count
  }

  /// Consumes everything, and gives most of the memory back.
  mutating func discard() {
    (start, end) = (0, 0)
    memory.deallocate()
    memory = .allocate(byteCount: 1, alignment: 1)
  }

  /// Gives back bytes that were consumed since the last ``fill()``.
  mutating func putBack(_ count: Int) {
    precondition(count <= start, "\(count) bytes put back of \(start)")
    start -= count
  }

  /// Reads more behind what is unread, as much as there is room for; at least one byte, unless the file ends.
  mutating func fill() throws(RecordedEventsError) {
    guard !isAtEnd else { return }
    makeRoom()
    let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[end...]))
    end += count
    bytesRead += count
    isAtEnd = count == 0
  }

  /// Reads until so many bytes are unread, or the file ends.
  mutating func fill(upTo count: Int) throws(RecordedEventsError) {
    while !isAtEnd, end - start < count { try fill() }
  }

  private mutating func makeRoom() {
    let kept = unread
    guard kept.count == memory.count else {
      if start > 0, let target = memory.baseAddress, let source = kept.baseAddress {
        target.copyMemory(from: source, byteCount: kept.count)
      }
      (start, end) = (0, kept.count)
      return
    }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: memory.count * 2, alignment: 1)
    larger.copyMemory(from: kept)
    memory.deallocate()
    memory = larger
    (start, end) = (0, kept.count)
  }
}
