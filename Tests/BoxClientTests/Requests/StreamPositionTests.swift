import BoxClient
import Testing

@Suite("A stream position")
struct StreamPositionTests {
  @Test(
    "Positions that Box gives may be stored",
    arguments: ["1", "30400984754258519", "1451002006633;5cdb8971", "10", "x"])
  func resumable(text: String) {
    #expect(StreamPosition(text).isResumable)
  }

  @Test("Zero, nothing and the word now may not replace a stored position", arguments: ["0", "00", "", "now"])
  func notResumable(text: String) {
    #expect(!StreamPosition(text).isResumable)
  }

  @Test("The words that Box understands are written as Box wants them")
  func words() {
    #expect(StreamPosition.now.text == "now")
    #expect(StreamPosition.beginning.text == "0")
    #expect("\(StreamPosition("0017"))" == "0017")
    #expect(StreamPosition("017") != StreamPosition("17"))
  }

  @Test("Only the enterprise's streams are enterprise streams")
  func streamTypes() {
    #expect(StreamType.allCases.filter(\.isEnterprise).map(\.rawValue) == ["admin_logs", "admin_logs_streaming"])
    #expect(StreamType.allCases.map(\.rawValue) == ["all", "changes", "sync", "admin_logs", "admin_logs_streaming"])
  }
}
