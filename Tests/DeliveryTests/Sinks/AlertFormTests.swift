import BoxClient
import Delivery
import Foundation
import Testing

@Suite("Alerts in the forms of services")
struct AlertFormTests {
  @Test("A webhook gets the record as it is, with its key")
  func webhook() async throws {
    let (request, result) = try await sent(nastyAlert) { WebhookForm(url: Secret($0)) }
    #expect(result == .delivered && request.method == "POST" && request.path == "/hook?token=s3cret")
    #expect(request.text == nastyAlert && request.header("idempotency-key") == "key-1")
    #expect(request.header("content-type") == "application/json" && request.header("x-boxwatch-signature") == nil)
  }

  @Test("The signature is the HMAC-SHA256 of the timestamp, a dot and the body, as openssl computes it")
  func signature() async throws {
    let (request, _) = try await sent(nastyAlert) { WebhookForm(url: Secret($0), hmacSecret: Secret("hook key")) }
    let timestamp = try #require(request.header("x-boxwatch-timestamp"))
    #expect(abs((Double(timestamp) ?? 0) - Date().timeIntervalSince1970) < 3600)
    let openssl = CommandRunner(allowed: try AllowedCommands(["/usr/bin/openssl"]), directory: "/")
    let arguments = ["/usr/bin/openssl", "dgst", "-sha256", "-hmac", "hook key", "-r"]
    let computed = try await openssl.run(
      arguments.map { Array($0.utf8) }, standardInput: Array("\(timestamp).\(nastyAlert)".utf8), timeout: .seconds(60))
    let digest = String(decoding: computed.output, as: UTF8.self).prefix { $0 != " " }
    #expect(digest.count == 64 && request.header("x-boxwatch-signature") == "sha256=\(digest)")
  }

  @Test("The signature of a known text is the known one")
  func knownSignature() throws {
    let alert = try Alert(json: Array(#"{"id":"1","title":"t"}"#.utf8))
    let request = WebhookForm(url: Secret("https://a.example"), hmacSecret: Secret("Jefe"))
      .request(for: alert, key: "k", now: 1_700_000_000)
    // From `printf '1700000000.{"id":"1","title":"t"}' | openssl dgst -sha256 -hmac Jefe`.
    guard case .text(let value) = request.headers.last?.parts.first else {
      Issue.record("no signature")
      return
    }
    #expect(value == "sha256=87665c60f4974284032d22e3a383776e77560223dd992ebb1f37d92b760a6d02")
  }

  @Test("Slack gets plain text in which nothing mentions or links")
  func slack() async throws {
    let (request, result) = try await sent(nastyAlert) { SlackForm(url: Secret($0)) }
    #expect(result == .delivered)
    let message = try parsed(request.body)
    let blocks = try #require(message["blocks"] as? [NSDictionary])
    let texts = blocks.flatMap { block in
      ([block["text"]].compactMap { $0 } + (block["fields"] as? [Any] ?? [])).compactMap { $0 as? NSDictionary }
    }
    #expect(texts.count >= 5 && texts.allSatisfy { $0["type"] as? String == "plain_text" })
    #expect(texts.first?["text"] as? String == "HIGH: &lt;!channel&gt; &amp; [x](http://evil)\r\nBcc: x")
    #expect(texts.contains { $0["text"] as? String == "path: /a/&lt;b&gt;" })
    #expect(texts.contains { $0["text"] as? String == "list: [1,null,true,1.5]" })
    #expect(!request.text.contains("<") && message["text"] as? String == texts.first?["text"] as? String)
    #expect(message["link_names"] as? Bool == false && message["unfurl_links"] as? Bool == false)
  }

  @Test("Slack's limits hold for the longest alerts")
  func slackLimits() async throws {
    let long = String(repeating: "&", count: 20_000)
    let context = (0..<100).map { "\"k\($0)\":\"\(long)\"" }.joined(separator: ",")
    let json = #"{"id":"1","title":"\#(long)","body":"\#(long)","context":{\#(context)}}"#
    let (request, _) = try await sent(json) { SlackForm(url: Secret($0)) }
    let blocks = try #require(try parsed(request.body)["blocks"] as? [NSDictionary])
    #expect(blocks.count <= 50)
    for block in blocks {
      if let text = block["text"] as? NSDictionary { #expect((text["text"] as? String ?? "").count <= 3000) }
      let fields = block["fields"] as? [NSDictionary] ?? []
      #expect(fields.count <= 10 && fields.allSatisfy { ($0["text"] as? String ?? "").count <= 2000 })
    }
  }

  @Test("Teams gets a card whose text is no Markdown")
  func teams() async throws {
    let (request, result) = try await sent(nastyAlert, status: 202) { TeamsForm(url: Secret($0)) }
    #expect(result == .delivered)
    let message = try parsed(request.body)
    let attachment = try #require((message["attachments"] as? [NSDictionary])?.first)
    #expect(message["type"] as? String == "message")
    #expect(attachment["contentType"] as? String == "application/vnd.microsoft.card.adaptive")
    let card = try #require(attachment["content"] as? NSDictionary)
    let blocks = try #require(card["body"] as? [NSDictionary])
    #expect(card["type"] as? String == "AdaptiveCard" && blocks.allSatisfy { $0["type"] as? String == "RichTextBlock" })
    let runs = blocks.flatMap { $0["inlines"] as? [NSDictionary] ?? [] }
    #expect(runs.allSatisfy { $0["type"] as? String == "TextRun" && $0["selectAction"] == nil })
    #expect(runs.contains { $0["text"] as? String == "**bold** <https://evil|here>" })
  }

  @Test("A card stays below 28 KB")
  func teamsLimit() async throws {
    let long = String(repeating: "é", count: 20_000)
    let context = (0..<100).map { "\"k\($0)\":\"\(long)\"" }.joined(separator: ",")
    let json = #"{"id":"1","title":"\#(long)","body":"\#(long)","context":{\#(context)}}"#
    let (request, _) = try await sent(json) { TeamsForm(url: Secret($0)) }
    #expect(request.body.count < 28_000)
  }

  @Test(
    "PagerDuty gets an event with severity and key",
    arguments: [("critical", "critical"), ("high", "error"), ("medium", "warning"), ("low", "info"), ("info", "info")])
  func pagerDuty(_ severity: String, _ expected: String) async throws {
    let json = nastyAlert.replacing("\"high\"", with: "\"\(severity)\"")
    let (request, result) = try await sent(json, status: 202) {
      PagerDutyForm(routingKey: Secret("R0"), url: $0)
    }
    #expect(result == .delivered)
    let event = try parsed(request.body)
    let payload = try #require(event["payload"] as? NSDictionary)
    #expect(event["routing_key"] as? String == "R0" && event["event_action"] as? String == "trigger")
    #expect(event["dedup_key"] as? String == "rules/a:42" && payload["severity"] as? String == expected)
    #expect(
      payload["source"] as? String == "boxwatch/enterprise" && payload["timestamp"] as? String == "2026-01-05T09:14:00Z"
    )
    #expect((payload["custom_details"] as? NSDictionary)?["path"] as? String == "/a/<b>")
  }

  @Test("PagerDuty's key is short, and an alert without one has its own")
  func pagerDutyKeys() async throws {
    let long = #"{"id":"a-9","title":"t","rule":"r","dedup_key":"\#(String(repeating: "k", count: 400))"}"#
    let (request, _) = try await sent(long) { PagerDutyForm(routingKey: Secret("R0"), url: $0) }
    #expect((try parsed(request.body)["dedup_key"] as? String ?? "").hasPrefix("sha256:"))
    let (other, _) = try await sent(#"{"id":"a-9","title":"t"}"#) { PagerDutyForm(routingKey: Secret("R0"), url: $0) }
    #expect(try parsed(other.body)["dedup_key"] as? String == "a-9")
  }

  @Test("A status that may pass is tried again", arguments: [408, 425, 429, 500, 502, 503])
  func passing(_ status: Int) async throws {
    let (_, result) = try await sent(nastyAlert, status: status, headers: [("Retry-After", "120")]) {
      WebhookForm(url: Secret($0))
    }
    guard case .failedForNow(let failure) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(failure.retryAfter == .seconds(120) && failure.message.hasSuffix("answered \(status): said\\u{1b}"))
    #expect(!failure.message.contains("s3cret"))
  }

  @Test("A status that does not pass is parked", arguments: [400, 401, 403, 404, 410, 304])
  func permanent(_ status: Int) async throws {
    let (_, result) = try await sent(nastyAlert, status: status) { WebhookForm(url: Secret($0)) }
    guard case .failedForGood(let error) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(error.contains("answered \(status)") && !error.contains("s3cret"))
  }

  @Test("A record that is none is parked", arguments: ["", "[]", "{}", #"{"id":1,"title":"t"}"#])
  func damaged(_ json: String) {
    #expect(throws: DamagedPayload.self) { try Alert(json: Array(json.utf8)) }
  }

  @Test("A rule's own webhook may go to a URL that is a secret, and only where that may go")
  func secretURL() async throws {
    let server = try await TestServer.start { _ in .status(200) }
    let connections = PinnedConnections()
    let sink = WebhookSink(
      client: GuardedHTTPClient(allowed: try AllowedHosts(["127.0.0.1"]), connections: connections),
      secrets: [
        "hook": try BoundSecret(Secret(server.url("/geheim")), hosts: ["127.0.0.1"]),
        "elsewhere": try BoundSecret(Secret(server.url("/geheim")), hosts: ["hooks.example"]),
        "word": try BoundSecret(Secret("geheim")),
      ])
    let answer = await sink.deliver(
      ["hook", "elsewhere", "word", "gone"].map {
        OutboxItem(
          id: 1, key: "k", payload: .webhook(url: SecretURL.reference(to: $0), body: Array("[1]".utf8)), createdAt: 0,
          due: 0)
      })
    #expect(server.requests.map(\.path) == ["/geheim"])
    #expect(
      answer.results == [
        .delivered, .failedForGood("the secret \"elsewhere\" is not for 127.0.0.1, its own host"),
        .failedForGood("the secret \"word\" is no http or https URL"),
        .failedForGood("there is no secret \"gone\"; secrets are named in the configuration"),
      ])
    await connections.shutdown()
    try await server.stop()
  }

  @Test("A rule's own webhook goes to allowed hosts with its key")
  func ruleWebhook() async throws {
    let server = try await TestServer.start { _ in .status(201) }
    let connections = PinnedConnections()
    let sink = WebhookSink(
      client: GuardedHTTPClient(allowed: try AllowedHosts(["127.0.0.1"]), connections: connections))
    func item(_ url: String) -> OutboxItem {
      OutboxItem(id: 1, key: "k", payload: .webhook(url: url, body: Array("[1]".utf8)), createdAt: 0, due: 0)
    }
    let answer = await sink.deliver([item(server.url("/x")), item("http://other.example/")])
    #expect(answer.results.first == .delivered && server.requests.first?.text == "[1]")
    #expect(server.requests.first?.header("idempotency-key") == "k")
    guard case .failedForGood = answer.results.last else {
      Issue.record("\(answer)")
      return
    }
    await connections.shutdown()
    try await server.stop()
  }
}
