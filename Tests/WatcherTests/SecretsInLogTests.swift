import BoxClient
import Delivery
import Testing

@testable import Watcher

// Every test of a watched account searches its log; here a rule and a sink do what they can to get a secret there.
@Suite("Secrets in the log", .timeLimit(.minutes(1)))
struct SecretsInLogTests {
  @Test("a rule's secret is logged as ***, also where the rule fails with it; an address that is one, not at all")
  func rule() async throws {
    try await WatchedAccount.with(backlog: 3) { account in
      try account.rule(
        "talk",
        """
        box.on("*", function(event)
          box.log.info("key %s %s", tostring(box.secret("siem_key")), box.inspect(box.secret("siem_key")))
          box.alert { title = "told " .. event.event_id }
        end)
        box.on("*", function(event) error("with " .. tostring(box.secret("siem_key"))) end)
        """)
      try await account.watching {
        $0.secrets = [("siem_key", Secret("s3cret-of-siem"), nil)]
        let url = Secret("http://127.0.0.1:1/in/s3cret-of-url")
        $0.sinks.append(.init(name: "soc", kind: .webhook(url: url, hmacSecret: Secret("s3cret-of-hmac"))))
        $0.routing = AlertRouting(standard: ["log", "soc"])
      } _: { _ in
        for text in ["key", "alert", "with ***"] {
          try await eventually("\(text) in the log") { account.log.contains(text) }
        }
      }
    }
  }
}
