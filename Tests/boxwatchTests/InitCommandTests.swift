import Foundation
import Testing

@Suite("boxwatch init", .timeLimit(.minutes(2)))
struct InitCommandTests {
  @Test("the project passes check --strict, its tests, and a run on a simulated account")
  func project() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path("deep/my project")
    let made = try await Command.run(["init", folder])
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.lines.contains(folder + "/boxwatch.yaml"))
    #expect(made.lines.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    #expect(made.errors.contains("cd '\(folder)'"))
    let check = try await Command.run(["check", "--strict", folder + "/rules"])
    #expect(check.status == 0, "\(check.text)")
    let tests = try await Command.run(["test", "--min-tests", "6", folder + "/rules"])
    #expect(tests.status == 0, "\(tests.text)")
    let chaos = try await Command.run(["test", "--chaos", "--seed", "1", folder + "/rules"])
    #expect(chaos.status == 0, "\(chaos.text)")
    let run = try await Command.run([
      "run", "--simulate", "--once", "--strict", "--from", "beginning", "--config", folder + "/boxwatch.yaml",
      "--state",
      scratch.path("state"), "--output", scratch.path("output"),
    ])
    #expect(run.status == 0, "\(run.errors)")
    // The engine's remarks begin with their place.
    #expect(!run.errors.contains(folder + "/rules/"), "\(run.errors)")
    #expect(run.errors.contains("200 events handled"))
    #expect(try scratch.read("output/uploads.csv").hasPrefix("time,who,file,folder\r\n"))
    let doctor = try await Command.run(["doctor", "--simulate", "--config", folder + "/boxwatch.yaml"])
    #expect(doctor.status == 0, "\(doctor.text)")
    #expect(doctor.lines.allSatisfy { $0.hasPrefix("ok ") })
  }

  @Test("the unit runs in the project's folder, keeps its state and hides the rest")
  func unit() async throws {
    let scratch = try ScratchFolder()
    _ = try await Command.run(["init", scratch.path("100% mine")])
    let unit = try scratch.read("100% mine/boxwatch.service")
    #expect(unit.contains("WorkingDirectory=\(scratch.path("100%% mine"))\n"))
    for line in ["StateDirectory=boxwatch", "StateDirectoryMode=0700", "NoNewPrivileges=yes", "ProtectSystem=strict"] {
      #expect(unit.contains(line + "\n"))
    }
    #expect(try scratch.read("100% mine/.gitignore").contains("credentials.json\n"))
  }

  @Test(
    "a file that is there is never touched: nothing is written, exit 73",
    arguments: [
      "boxwatch.yaml", "rules/open_links.lua", ".gitignore",
    ])
  func existing(name: String) async throws {
    let scratch = try ScratchFolder()
    try scratch.write("p/" + name, "mine")
    let result = try await Command.run(["init", scratch.path("p")])
    #expect(result.status == 73)
    #expect(result.errors.contains(scratch.path("p/" + name) + " is there already"))
    #expect(try scratch.read("p/" + name) == "mine")
    let files = try FileManager.default.subpathsOfDirectory(atPath: scratch.path("p")).filter { !$0.hasSuffix("rules") }
    #expect(files == [name])
  }

  @Test("a folder that cannot be made exits 73")
  func noFolder() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("file", "")
    let result = try await Command.run(["init", scratch.path("file/below")])
    #expect(result.status == 73)
    #expect(result.errors.contains("cannot be made"))
  }
}
