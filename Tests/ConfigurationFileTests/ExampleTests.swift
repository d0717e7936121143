import BoxClient
import ConfigurationFile
import Testing

@Suite("The file of the documentation")
struct ExampleTests {
  @Test("Every part is read")
  func parts() throws {
    let workshop = try Example.workshop()
    let configuration = try workshop.load(Example.yamlHere)
    let folder = workshop.folder

    var acme = BoxwatchConfiguration.Account(
      name: "acme",
      credentials: .clientCredentials(
        clientID: "cid123", clientSecret: Secret("hunter2-box"), subject: .enterprise("1234567")))
    acme.proxy = Origin("http://proxy.example:3128")
    acme.caFile = folder + "/corporate.pem"
    #expect(configuration.accounts == [acme])

    var enterprise = BoxwatchConfiguration.Stream(name: "enterprise")
    enterprise.account = "acme"
    enterprise.streamType = .adminLogsStreaming
    enterprise.rules = ["security"]
    var people = BoxwatchConfiguration.Stream(name: "people")
    people.account = "acme"
    people.asUsers = ["11446498", "11446499"]
    #expect(configuration.streams == [enterprise, people])

    #expect(
      configuration.ruleSets == [
        .init(name: "security", paths: [folder + "/rules/security"]),
        .init(name: "files", paths: [folder + "/rules/register.lua", folder + "/rules/archive.lua"]),
      ])
    #expect(
      configuration.sinks == [
        .init(name: "log", kind: .log), .init(name: "alerts", kind: .file(path: "alerts.jsonl")),
        .init(name: "sec", kind: .slack(url: Secret("https://hooks.slack.example/T0/hunter2-slack"))),
        .init(
          name: "soc", kind: .webhook(url: Secret("https://siem.example/in"), hmacSecret: Secret("hunter2-hook"))),
        .init(name: "duty", kind: .pagerduty(routingKey: Secret("hunter2-duty"))),
        .init(name: "office", kind: .teams(url: Secret("https://teams.example/hunter2-teams"))),
        .init(name: "mail", kind: .email(to: ["sec@example.com"], from: "boxwatch@example.com")),
        .init(name: "page", kind: .exec(command: ["/usr/local/bin/page", "--title"])),
      ])
    #expect(configuration.alertRouting.default == ["log", "alerts"])
    #expect(configuration.alertRouting.routes == [.critical: ["duty", "sec"], .high: ["sec"]])
    #expect(configuration.allow.httpHosts == ["hooks.example.com", "*.internal.example"])
    #expect(configuration.allow.exec == ["/usr/local/bin/scan"])
    #expect(!configuration.allow.boxWrite)
    #expect(configuration.budgets == .init())
    #expect(configuration.secrets == [.init(name: "siem_key", value: Secret("hunter2-siem"))])
    #expect(configuration.output == folder + "/output")
    #expect(configuration.state == folder + "/.boxwatch")
    #expect(configuration.metrics == .init(host: "127.0.0.1", port: 9464))
    #expect(configuration.warnings.isEmpty)
  }

  @Test("No secret shows in any way in which a value becomes text")
  func redaction() throws {
    let configuration = try Example.workshop().load(Example.yamlHere)
    var dumped = ""
    dump(configuration, to: &dumped)
    for text in [dumped, "\(configuration)", String(reflecting: configuration)] {
      #expect(text.contains("cid123"))
      #expect(!text.contains("hunter2"))
    }
  }

  @Test(
    "Nothing in the file means the defaults", arguments: ["", "# only a remark\n", "---\n", "{}", "log:\nsinks:\n"])
  func defaults(yaml: String) throws {
    let configuration = try load(yaml)
    #expect(configuration == BoxwatchConfiguration())
    #expect(configuration.accounts.isEmpty && configuration.streams.isEmpty && configuration.ruleSets.isEmpty)
    #expect(configuration.sinks.map(\.name) == ["log", "alerts"])
    #expect(configuration.alertRouting.default == ["log", "alerts"] && configuration.alertRouting.routes.isEmpty)
    #expect(configuration.output == "output" && configuration.state == ".boxwatch")
    #expect(configuration.durability == .normal && configuration.metrics == nil)
    #expect(configuration.log.level == .info && configuration.log.format == .text)
    let budgets = configuration.budgets
    #expect(budgets.cpu == .milliseconds(250) && budgets.wait == .seconds(60) && budgets.load == .seconds(2))
    #expect(budgets.memory == 67_108_864 && budgets.totalMemory == 1_073_741_824)
    #expect(budgets.backlog == 100_000 && budgets.dedupIDs == 250_000 && budgets.callsPerMinute == 900)
  }
}
