import BoxSimulator
import Foundation
import Testing

/// Processes that renew what `boxwatch login` stored, killed where it hurts.
@Suite("Stored tokens", .timeLimit(.minutes(2)))
struct StoredTokenTests {
  private func simulator() throws -> BoxSimulator {
    var configuration = BoxSimulator.Configuration()
    configuration.backlog = 5
    configuration.token = "only issued ones"
    return try BoxSimulator(configuration)
  }

  /// A state directory with a refresh token, and an access token that has ended.
  private func store(_ refreshToken: String, _ address: String, _ scratch: ScratchFolder) throws {
    try scratch.write(
      "state/credentials.json",
      """
      {"version":1,"accounts":{"default":{"client_id":"client-1","client_secret":"s3cret-of-app","api_url":"\(address)",
      "access_token":"ended-access-token","expires_at":1,"refresh_token":"\(refreshToken)"}}}
      """)
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: scratch.path("state"))
    try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: scratch.path("state/credentials.json"))
  }

  private func stored(_ scratch: ScratchFolder, _ key: String) throws -> String? {
    let file = try JSONSerialization.jsonObject(with: Data(try scratch.read("state/credentials.json").utf8))
    return (((file as? [String: Any])?["accounts"] as? [String: Any])?["default"] as? [String: Any])?[key] as? String
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
      try store(first, address, scratch)
      let arguments = ["events", "--limit", "1", "--state", scratch.path("state")]
      let killed = try await Command.run(
        arguments, environment: ["LD_PRELOAD": library, "KILL_AT_RENAME": when])
      #expect(killed.status == SIGKILL)
      #expect(killed.text.isEmpty)
      // The first refresh token is used up, so that what the file held before would be of no use.
      #expect(simulator.statistics.tokensIssued == 1)
      #expect((try stored(scratch, "refresh_token") == first) == (when == "before"))
      let next = try await Command.run(arguments)
      #expect(next.status == 0, "\(next.errors)")
      #expect(next.lines.count == 1)
      #expect(simulator.statistics.tokensIssued == 1)
      #expect(try stored(scratch, "refresh_token") != first)
      #expect(try stored(scratch, "previous_refresh_token") == first)
      let access = try #require(try stored(scratch, "access_token"))
      simulator.revoke(access)
      let renewed = try await Command.run(arguments)
      #expect(renewed.status == 0, "\(renewed.errors)")
      #expect(simulator.statistics.tokensIssued == 2)
    }
  }

  @Test("many processes at once renew once, and none shows a secret")
  func together() async throws {
    let scratch = try ScratchFolder()
    let simulator = try simulator()
    try await simulator.withRunning { address in
      let first = simulator.issueRefreshToken()
      try store(first, address, scratch)
      let commands = try (0..<4).map { _ in
        try Command.start(["events", "--limit", "1", "--state", scratch.path("state")])
      }
      var said = ""
      for command in commands {
        let result = await command.finish()
        #expect(result.status == 0, "\(result.errors)")
        said += result.text + result.errors
      }
      #expect(simulator.statistics.tokensIssued == 1)
      for key in ["access_token", "refresh_token", "client_secret"] {
        let hidden = try #require(try stored(scratch, key))
        #expect(!said.contains(hidden))
      }
      #expect(!said.contains(first))
    }
  }

  @Test("a sign-in that has ended exits 77 and says how to sign in again; the log of a watcher shows no secret")
  func ended() async throws {
    let scratch = try ScratchFolder()
    try scratch.write("rules/none.lua", "box.on('upload', function() end)\n")
    try await simulator().withRunning { address in
      try store("spent-refresh-token", address, scratch)
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
        for hidden in ["spent-refresh-token", "ended-access-token", "s3cret-of-app"] {
          #expect(!said.contains(hidden))
        }
      }
    }
  }

  @Test(
    "a file that others may read exits 73, a broken one 74", arguments: [(0o644, 73), (0o600, 74)] as [(Int, Int32)])
  func badFiles(mode: Int, status: Int32) async throws {
    let scratch = try ScratchFolder()
    try store("r", "http://127.0.0.1:1", scratch)
    if status == 74 { try scratch.write("state/credentials.json", "nonsense") }
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: scratch.path("state/credentials.json"))
    let result = try await Command.run(["events", "--state", scratch.path("state")])
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains("credentials.json"))
  }
}
