import Delivery
import Foundation
import Testing

@Suite("Alerts by mail")
struct EmailSinkTests {
  /// A sendmail that writes down its arguments and its input, and ends with a status.
  private func sendmail(_ scratch: Scratch, status: Int = 0) throws -> String {
    let path = scratch.root + "/sendmail"
    try "#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\ncat > message\nexit \(status)\n"
      .write(toFile: path, atomically: true, encoding: .utf8)
    chmod(path, 0o755)
    return path
  }

  private func deliver(_ json: String, _ scratch: Scratch, status: Int = 0) async throws -> DeliveryResult {
    let sink = try EmailSink(
      from: MailAddress("boxwatch@example.com"), to: [MailAddress("sec@example.com"), MailAddress("b@example.org")],
      sendmail: sendmail(scratch, status: status), directory: scratch.outputPath, logger: TestLog().logger)
    return try #require(await sink.deliver([alertItem(json)]).results.first)
  }

  @Test("Sender and recipients are arguments, and no text of an event is a header")
  func message() async throws {
    let scratch = try Scratch()
    #expect(try await deliver(nastyAlert, scratch) == .delivered)
    #expect(scratch.text("arguments") == "-i\n-f\nboxwatch@example.com\n--\nsec@example.com\nb@example.org\n")
    // Python's mail package is the judge.
    let script = """
      import email.policy, json, sys
      m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
      print(json.dumps({"headers": sorted(k.lower() for k in m.keys()), "subject": m["subject"], "to": m["to"],
        "from": m["from"], "date": m["date"].datetime.isoformat() != "", "body": m.get_content(), "defects": len(m.defects)}))
      """
    let python = CommandRunner(allowed: try AllowedCommands(["/usr/bin/env"]), directory: "/")
    let read = try await python.run(
      ["/usr/bin/env", "python3", "-c", script].map { Array($0.utf8) },
      standardInput: Array(try #require(scratch.text("message")).utf8), timeout: .seconds(60))
    let mail = try parsed(read.output)
    #expect(
      mail["headers"] as? [String] == [
        "auto-submitted", "content-transfer-encoding", "content-type", "date", "from", "message-id", "mime-version",
        "subject", "to",
      ])
    #expect(mail["from"] as? String == "boxwatch@example.com")
    #expect(mail["to"] as? String == "sec@example.com, b@example.org")
    #expect((mail["subject"] as? String ?? "").hasPrefix("HIGH: <!channel> & [x](http://evil)"))
    let body = try #require(mail["body"] as? String)
    #expect(body.contains("**bold** <https://evil|here>\n") && body.contains("path: /a/<b>\n"))
    #expect(mail["defects"] as? Int == 0)
  }

  @Test("Every line of a letter is short and plain, whatever the alert says")
  func lines() async throws {
    let scratch = try Scratch()
    let long = String(repeating: "Übertragung 日本 \u{1F600} ", count: 40)
    _ = try await deliver(#"{"id":"1","severity":"low","title":"\#(long)","body":".\n.\nFrom x"}"#, scratch)
    let message = try #require(scratch.text("message"))
    for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
      #expect(line.utf8.count <= 78 && line.utf8.allSatisfy { (0x20...0x7E).contains($0) } && line != ".")
    }
  }

  @Test("Without a path, sendmail is the first one of PATH, and is looked for anew at each delivery")
  func search() async throws {
    let scratch = try Scratch()
    let sink = try EmailSink(
      from: MailAddress("a@example.com"), to: [MailAddress("b@example.com")], directory: scratch.outputPath,
      logger: TestLog().logger)
    let before = ProcessInfo.processInfo.environment["PATH"] ?? ""
    defer { setenv("PATH", before, 1) }
    setenv("PATH", "\(scratch.root):\(before)", 1)
    _ = try sendmail(scratch)
    #expect(await sink.deliver([alertItem(nastyAlert)]).results == [.delivered])
    #expect(scratch.text("arguments") == "-i\n-f\na@example.com\n--\nb@example.com\n")
  }

  @Test("A sendmail that fails is asked again")
  func failure() async throws {
    let scratch = try Scratch()
    let result = try await deliver(nastyAlert, scratch, status: 75)
    guard case .failedForNow(let failure) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(failure.message.hasSuffix("/sendmail\" ended with status 75"))
  }

  @Test(
    "An address that could be more than one is none",
    arguments: ["", "a", "a@", "@b", "a@b@c", "-f@b", "a@b\n", "a b@c", "a@b,c@d", "<a@b>", "\"a\"@b", "é@b"])
  func addresses(_ text: String) {
    #expect(throws: InvalidAddress.self) { try MailAddress(text) }
  }
}
