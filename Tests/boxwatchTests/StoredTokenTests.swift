import BoxSimulator
import Foundation
import Testing

/// Processes that renew what `boxwatch login` stored, killed where it hurts.
@Suite("Stored tokens", .timeLimit(.minutes(2)))
struct StoredTokenTests {
  private func simulator(secret: String? = nil) throws -> BoxSimulator {
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 5
    configuration.token = "only issued ones"
    configuration.app.clientSecret = secret
    return try BoxSimulator(configuration)
  }

  /// A library that kills the process with SIGKILL at the renaming of the file.
  private func killer(_ scratch: ScratchFolder) throws -> String {
    let source = try scratch.write(
      "killer.c",
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <signal.h>
      #include <stdlib.h>
      #include <string.h>
      int rename(const char *from, const char *to) {
        static const char name[] = "credentials.json";
        int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
        const char *when = getenv("KILL_AT_RENAME");
        size_t length = strlen(to), own = sizeof name - 1;
        int ours = when && length >= own && strcmp(to + length - own, name) == 0;
        if (ours && strcmp(when, "before") == 0) raise(SIGKILL);
        int result = real(from, to);
        if (ours) raise(SIGKILL);
        return result;
      }
      """)
    let library = scratch.path("killer.so")
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["clang", "-shared", "-fPIC", "-o", library, source, "-ldl"]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    return library
  }

  @Test(
    "a process that is killed around the renaming leaves a refresh token that is still good",
    arguments: [
      "before", "after",
    ])
  func killed(when: String) async throws {
    let scratch = try ScratchFolder()
    let library = try killer(scratch)
    let simulator = try simulator()
    try await simulator.withRunning { address in
      let first = simulator.issueRefreshToken()
      try scratch.storeSignIns(refreshToken: first, apiURL: address)
      let arguments = ["events", "--limit", "1", "--state", scratch.path("state")]
      let killed = try await Command.run(
        arguments, environment: ["LD_PRELOAD": library, "KILL_AT_RENAME": when])
      #expect(killed.status == SIGKILL)
      #expect(killed.text.isEmpty)
      // The first refresh token is used up, so that what the file held before would be of no use.
      #expect(simulator.statistics.tokensIssued == 1)
      #expect((try scratch.stored("refresh_token") == first) == (when == "before"))
      let next = try await Command.run(arguments)
      #expect(next.status == 0, "\(next.errors)")
      #expect(next.lines.count == 1)
      #expect(simulator.statistics.tokensIssued == 1)
      #expect(try scratch.stored("refresh_token") != first)
      #expect(try scratch.stored("previous_refresh_token") == first)
      let access = try #require(try scratch.stored("access_token"))
      simulator.revoke(access)
      let renewed = try await Command.run(arguments)
      #expect(renewed.status == 0, "\(renewed.errors)")
      #expect(simulator.statistics.tokensIssued == 2)
    }
  }

  @Test("an app's secret that was made anew since the sign-in is given once, and stored when Box has taken it")
  func rotatedSecret() async throws {
    let scratch = try ScratchFolder()
    let secret = "r0tated-secret"
    let simulator = try simulator(secret: secret)
    try await simulator.withRunning { address in
      try scratch.storeSignIns(refreshToken: simulator.issueRefreshToken(), apiURL: address)
      let arguments = ["events", "--limit", "1", "--state", scratch.path("state")]
      let old = try await Command.run(arguments)
      #expect(old.status == 77)
      #expect(old.errors.contains("BOX_CLIENT_SECRET"), "\(old.errors)")
      let wrong = try await Command.run(arguments, environment: ["BOX_CLIENT_SECRET": "gu3ssed-secret"])
      #expect(wrong.status == 77)
      #expect(try scratch.stored("client_secret") == ScratchFolder.storedSecret)
      let new = try await Command.run(arguments, environment: ["BOX_CLIENT_SECRET": secret])
      #expect(new.status == 0, "\(new.errors)")
      #expect(try scratch.stored("client_secret") == secret)
      simulator.revoke(try #require(try scratch.stored("access_token")))
      let later = try await Command.run(arguments)
      #expect(later.status == 0, "\(later.errors)")
      #expect(simulator.statistics.tokensIssued == 2)
    }
  }

  @Test("many processes at once renew once")
  func together() async throws {
    let scratch = try ScratchFolder()
    let simulator = try simulator()
    try await simulator.withRunning { address in
      let first = simulator.issueRefreshToken()
      try scratch.storeSignIns(refreshToken: first, apiURL: address)
      let commands = try (0..<4).map { _ in
        try Command.start(["events", "--limit", "1", "--state", scratch.path("state")])
      }
      for command in commands {
        let result = await command.finish()
        #expect(result.status == 0, "\(result.errors)")
      }
      #expect(simulator.statistics.tokensIssued == 1)
    }
  }

  @Test("a sign-in that has ended exits 77 and says how to sign in again")
  func ended() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("rules/none.lua", "box.on('upload', function() end)\n")
    try await simulator().withRunning { address in
      try scratch.storeSignIns(refreshToken: "spent-refresh-token", apiURL: address)
      let events = try await Command.run(["events", "--state", scratch.path("state")])
      let run = try await Command.run([
        "run", "--once", "--log-level", "trace", "--state", scratch.path("state"), "--output", scratch.path("output"),
        scratch.path("rules"),
      ])
      let doctor = try await Command.run(["doctor", "--state", scratch.path("state")])
      for result in [events, run, doctor] {
        #expect(result.status == 77, "\(result.errors)")
        let said = result.text + result.errors
        #expect(said.contains("boxwatch login --account default"), "\(said)")
      }
    }
  }

  @Test(
    "a file that others may read exits 73, a broken one 74", arguments: [(0o644, 73), (0o600, 74)] as [(Int, Int32)])
  func badFiles(mode: Int, status: Int32) async throws {
    let scratch = try ScratchFolder()
    try scratch.storeSignIns(apiURL: "http://127.0.0.1:1")
    if status == 74 { try scratch.write("state/credentials.json", "nonsense") }
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: scratch.path("state/credentials.json"))
    let result = try await Command.run(["events", "--state", scratch.path("state")])
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains("credentials.json"))
  }
}
