import Delivery
import Foundation
import Testing

// A file size limit makes the system write a part and refuse the rest, as a full disk does. It holds for a whole
// process, hence a process for each test.
@Suite("A write that stops halfway")
struct PartialFailureTests {
  @Test("An append that does not fit leaves the file as it was, and a shorter one still succeeds")
  func append() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      try scratch.append("first\n", "a")
      limitFileSize(10)
      let error = #expect(throws: OutputError.self) { try scratch.append("second, too long\n", "a") }
      #expect(
        error?.description
          == #""a": cannot be written: the file would pass the largest size that this process may write; "#
          + "raise the limit (ulimit -f), or let the rule rotate the file")
      #expect(error?.code == .tooLarge && error?.passes == false)
      #expect(scratch.text("a") == "first\n")
      #expect(try scratch.append("2nd\n", "a").length == 10)
      #expect(scratch.text("a") == "first\n2nd\n")
    }
  }

  @Test("A header whose row does not fit is taken back with it")
  func header() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      limitFileSize(10)
      #expect(throws: OutputError.self) { try scratch.append("a long row\n", "a.csv", header: "header\n") }
      #expect(scratch.text("a.csv") == "")
      try scratch.append("1\n", "a.csv", header: "header\n")
      #expect(scratch.text("a.csv") == "header\n1\n")
    }
  }

  @Test("A whole file that does not fit leaves the old one and no temporary file")
  func write() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      try scratch.write("old", "a")
      limitFileSize(10)
      #expect(throws: OutputError.self) { try scratch.write("longer than the limit", "a") }
      #expect(scratch.text("a") == "old")
      #expect(try scratch.names() == ["a"])
      #expect(throws: OutputError.self) { try scratch.write("longer than the limit", "new") }
      #expect(try scratch.names() == ["a"])
    }
  }

  @Test("Without a free descriptor a call fails with an error that may pass")
  func descriptors() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      var limit = rlimit(rlim_cur: 3, rlim_max: 1024)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      let error = #expect(throws: OutputError.self) { try scratch.append("x", "a") }
      #expect(error?.description == #""a": cannot be opened: too many files are open; raise the limit (ulimit -n)"#)
      #expect(error?.code == .busy && error?.passes == true)
      limit.rlim_cur = 1024
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      try scratch.append("x", "a")
      #expect(scratch.text("a") == "x")
    }
  }
}

private func limitFileSize(_ bytes: rlim_t) {
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit(rlim_cur: bytes, rlim_max: rlim_t.max)
  setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
}
