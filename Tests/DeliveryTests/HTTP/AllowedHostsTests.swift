import BoxClient
import Testing

@testable import Delivery

@Suite("Hosts and addresses that may be reached")
struct AllowedHostsTests {
  private func isAllowed(_ url: String, _ pattern: String) throws -> Bool {
    let origin = try #require(Origin(url))
    if case .refused = try AllowedHosts([pattern]).permission(for: origin) { return false }
    return true
  }

  @Test(
    "A pattern means what it says",
    arguments: [
      ("hooks.example.com", "https://hooks.example.com/", true),
      ("hooks.example.com", "https://HOOKS.Example.com", true),
      ("Hooks.Example.Com", "https://hooks.example.com", true),
      ("hooks.example.com", "https://a.hooks.example.com", false),
      ("hooks.example.com", "https://hooks.example.com.evil", false),
      ("hooks.example.com:8443", "https://hooks.example.com", false),
      ("hooks.example.com:443", "https://hooks.example.com", true),
      ("hooks.example.com:80", "https://hooks.example.com", false),
      ("*.internal.example", "http://a.internal.example", true),
      ("*.internal.example", "http://a.b.internal.example", true),
      ("*.internal.example", "http://internal.example", false),
      ("*.internal.example", "http://xinternal.example", false),
      ("*.internal.example:81", "http://a.internal.example:81", true), ("[::1]", "http://[0:0:0:0:0:0:0:1]/", true),
      ("::1", "http://[::1]:99/", true), ("[::1]:80", "http://[::1]:81/", false),
      ("127.0.0.1", "http://127.0.0.1:5", true),
      ("127.0.0.1", "http://127.1/", false),
    ])
  func patterns(_ pattern: String, _ url: String, _ expected: Bool) throws {
    #expect(try isAllowed(url, pattern) == expected)
  }

  @Test(
    "What is no pattern is an error that shows one",
    arguments: [
      "", "*", "*.", "https://a.example", "a.example/path", "a b", "user@a.example", "a.*.example", "a:99999",
    ])
  func noPattern(_ text: String) {
    #expect(throws: InvalidHostPattern.self) { try AllowedHosts([text]) }
  }

  @Test("A configured URL allows its own host and port and no other")
  func configured() throws {
    let hosts = try AllowedHosts(url: "https://hooks.slack.example/services/T/B")
    #expect(hosts.permission(for: try #require(Origin("https://hooks.slack.example/"))) == .byName)
    #expect(hosts.permission(for: try #require(Origin("https://hooks.slack.example:444/"))) == .refused)
  }

  @Test(
    "Addresses that are none of the public network are known",
    arguments: [
      "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
      "100.64.0.1", "100.127.255.255", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1",
      "::1", "::", "fe80::1", "febf::1", "fc00::1", "fdff::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
      "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1",
      "::7f00:1",
      "fec0::1",
    ])
  func special(_ text: String) throws {
    #expect(try #require(IPAddress(text)).specialPurpose != nil)
  }

  @Test(
    "Public addresses are public",
    arguments: [
      "1.1.1.1", "93.184.216.34", "172.15.255.255", "172.32.0.1", "100.63.0.1", "100.128.0.1", "169.253.0.1",
      "192.167.0.1", "223.255.255.255", "11.0.0.1", "2606:4700::1111", "2a00::1", "64:ff9b::101:101", "2002:101:101::",
      "::ffff:1.1.1.1",
    ])
  func open(_ text: String) throws {
    #expect(try #require(IPAddress(text)).specialPurpose == nil)
  }

  @Test("Only whole addresses are addresses", arguments: ["127.1", "0x7f000001", "2130706433", "1.2.3.4.5", ":::", ""])
  func noAddress(_ text: String) { #expect(IPAddress(text) == nil) }
}
