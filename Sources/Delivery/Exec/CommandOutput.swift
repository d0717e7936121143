/// The beginning of a command's output.
struct CommandOutput: Sendable {
  private let limit: Int
  private(set) var bytes: [UInt8] = []
  private(set) var wasCut = false

  init(limit: Int) {
    self.limit = limit
  }

  mutating func append(_ part: UnsafeRawBufferPointer) {
    let room = limit - bytes.count
    bytes += part.prefix(room)
    wasCut = wasCut || part.count > room
  }
}
