import CEventPage
import Testing

@testable import BoxClient

@Suite("Bytes with padding")
struct PaddedBytesTests {
  private func collected(_ pieces: [Int], expecting: Int) -> PaddedBytes {
    var builder = PaddedBytes.Builder(expecting: expecting)
    var next: UInt8 = 0
    for piece in pieces {
      let bytes = (0..<piece).map { _ in
        next = next &* 31 &+ 7
        return next
      }
      bytes.withUnsafeBytes { builder.append($0) }
    }
    return builder.build()
  }

  @Test(
    "are the same whatever was expected, with zeros behind them",
    arguments: [[0], [1], [255, 1, 300], [200_000, 200_000], [300_000, 700_000, 1], [5_000_000]])
  func sameBytes(pieces: [Int]) {
    let total = pieces.reduce(0, +)
    for expecting in [0, total, total + 1, 2 * total, 1 << 20] {
      // Twice: the second time in memory that the first has left dirty.
      for _ in 0..<2 {
        let bytes = collected(pieces, expecting: expecting)
        var next: UInt8 = 0
        #expect(bytes.count == total)
        #expect(bytes.capacity >= total + Int(CEP_PADDING))
        let isSame = bytes.withUnsafeBytes { bytes in
          bytes.allSatisfy { byte in
            next = next &* 31 &+ 7
            return byte == next
          }
        }
        #expect(isSame)
        for place in 0..<Int(CEP_PADDING) { #expect(bytes.start[total + place] == 0) }
      }
    }
  }
}

@Suite("Blocks for large pages")
struct LargeBlocksTests {
  @Test("come again until they are given back")
  func reuse() {
    let blocks = LargeBlocks()
    let first = blocks.allocate(900_000)
    let second = blocks.allocate(800_000)
    #expect(first.start != second.start, "both are in use")
    blocks.free(first)
    #expect(blocks.keptBytes == 1 << 20)
    let again = blocks.allocate(850_000)
    #expect(again.start == first.start)
    blocks.free(again)
    blocks.free(second)
    #expect(blocks.keptBytes == 2 << 20)
    blocks.release()
    #expect(blocks.keptBytes == 0)
  }

  @Test("are left for pages of about their size")
  func sizes() {
    let blocks = LargeBlocks()
    blocks.free(blocks.allocate(4 << 20))
    let other = blocks.allocate(300_000)
    #expect(blocks.keptBytes == 4 << 20)
    #expect(other.size < 1 << 20)
    blocks.free(other)
    blocks.release()
  }

  @Test("are a few, none of them huge or small")
  func bounds() {
    let blocks = LargeBlocks()
    let taken = [64 << 20, 1000].map(blocks.allocate) + (0..<8).map { _ in blocks.allocate(1 << 20) }
    for block in taken { blocks.free(block) }
    #expect(blocks.keptBytes == 3 << 20)
    blocks.release()
  }
}
