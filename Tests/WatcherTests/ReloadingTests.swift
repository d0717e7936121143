import Foundation
import Testing

@testable import Watcher

@Suite("A watcher whose rule files change", .serialized, .timeLimit(.minutes(4)))
struct ReloadingTests {
  private static func appending(_ word: String) -> String {
    "box.on('*', function() box.file.append('out.txt', '\(word)\\n') end)"
  }

  @Test(
    "a folder that was away is followed again when it is back, and so is what is in it",
    arguments: ["/rules/", "/rules/a.lua"])
  func away(path: String) async throws {
    try await WatchedAccount.with { account in
      let (here, there) = (account.folder + "/rules", account.folder + "/away")
      try account.rule("a", Self.appending("one"))
      try await account.watching {
        $0.ruleSets = [("default", [account.folder + path])]
      } _: { _ in
        try await eventually("a start") { account.log.contains("watching default") }
        try FileManager.default.moveItem(atPath: here, toPath: there)
        try await eventually("a complaint") { account.log.contains("there is no such file or folder") }
        try FileManager.default.moveItem(atPath: there, toPath: here)
        try await eventually("the folder is seen") { account.log.contains("reloaded: nothing has changed") }
        try account.rule("a", Self.appending("two"))
        try await eventually("a reload") { account.log.contains("reloaded: changed") }
        _ = try account.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#])
        try await eventually("the new rule") { account.lines("out.txt") == ["two"] }
      }
      #expect(account.log.all.count { $0.contains("there is no such file or folder") } == 1)
    }
  }

  @Test("a file that is gone is told, with what waits for it, and goes on with that when it is back")
  func gone() async throws {
    try await WatchedAccount.with(backlog: 20) { account in
      let (here, there) = (account.folder + "/rules/slow.lua", account.folder + "/slow.lua")
      try account.rule("other", "box.on('*', function() end)")
      try account.rule(
        "slow",
        "box.on('*', function(e) box.file.append('out.txt', e.event_id .. '\\n') box.sleep('60s') end)"
      )
      try await account.watching { _ in
      } _: { watcher in
        try await eventually("a backlog") {
          watcher.current?.crew.engine.files.contains { $0.backlog == 20 } ?? false
        }
        try FileManager.default.moveItem(atPath: here, toPath: there)
        try await eventually("it is missed") { account.log.contains("slow.lua is gone: its rules get nothing") }
        #expect(account.log.contains("20 events of before stay in its backlog until it is back"))
        try account.rule("slow", "box.on('*', function(e) box.file.append('out.txt', e.event_id .. '\\n') end)")
        try await eventually("the rest") { Set(account.lines("out.txt")).count == 20 }
      }
      #expect(account.lines("out.txt").count == 20)
    }
  }

  @Test(
    "a link on the way to the rules that leads elsewhere from now on is seen", arguments: ["rules", "current/rules"])
  func linked(path: String) async throws {
    try await WatchedAccount.with { account in
      let manager = FileManager.default
      func release(_ name: String, _ text: String) throws {
        try manager.createDirectory(atPath: account.folder + "/\(name)/rules", withIntermediateDirectories: true)
        try account.write(Self.appending(text), to: "\(name)/rules/a.lua")
      }
      try release("one", "one")
      try release("two", "two")
      let isInner = path == "rules"
      if isInner { try manager.removeItem(atPath: account.folder + "/rules") }
      func lead(to name: String) throws {
        let link = account.folder + (isInner ? "/rules" : "/current")
        try manager.createSymbolicLink(
          atPath: link + ".new", withDestinationPath: isInner ? "\(name)/rules" : account.folder + "/" + name)
        try #require(rename(link + ".new", link) == 0)
      }
      try lead(to: "one")
      try await account.watching {
        $0.ruleSets = [("default", [account.folder + "/" + path])]
      } _: { _ in
        try await eventually("a start") { account.log.contains("watching default") }
        try lead(to: "two")
        try await eventually("a reload") { account.log.contains("reloaded: changed") }
        try account.write(Self.appending("three"), to: "two/rules/a.lua")
        try await eventually("another one") { account.log.contains("(generation 3)") }
        _ = try account.simulator.append([#"{"event_type":"ITEM_UPLOAD"}"#])
        try await eventually("the new rule") { account.lines("out.txt") == ["three"] }
      }
    }
  }

  @Test("a file behind a link, and a link behind another in its folder, are seen")
  func linkedFiles() async throws {
    try await WatchedAccount.with { account in
      let manager = FileManager.default
      func lead(_ link: String, to target: String) throws {
        let path = account.folder + "/" + link
        try manager.createSymbolicLink(atPath: path + ".new", withDestinationPath: target)
        try #require(rename(path + ".new", path) == 0)
      }
      for path in ["source/a", "one/b", "two/b"] {
        let folder = account.folder + "/" + path.dropLast(2)
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try account.write(Self.appending(path), to: path + ".lua")
      }
      try lead("rules/a.lua", to: "../source/a.lua")
      try lead("stage", to: "current")
      try lead("current", to: "one")
      try await account.watching {
        $0.ruleSets = [("default", [account.folder + "/rules", account.folder + "/stage"])]
      } _: { _ in
        try await eventually("a start") { account.log.contains("watching default") }
        try account.write(Self.appending("changed"), to: "source/a.lua")
        try await eventually("the file behind the link") { account.log.contains("rules/a.lua (generation 2)") }
        try lead("current", to: "two")
        try await eventually("the link behind the link") { account.log.contains("stage/b.lua (generation 2)") }
      }
    }
  }

  @Test("a file that is refused is told once, whatever else changes, until it changes or somebody asks")
  func refused() async throws {
    try await WatchedAccount.with { account in
      let refusal = "a.lua was not taken; its generation 1 goes on"
      func told(_ text: String) -> Int { account.log.all.count { $0.contains(text) } }
      try account.rule("a", Self.appending("one"))
      try await account.watching { watcher in
        try await eventually("a start") { account.log.contains("watching default") }
        // As editors write: another file that takes the old one's name.
        try account.write("box.on(", to: "rules/.a.lua.new")
        try #require(rename(account.folder + "/rules/.a.lua.new", account.folder + "/rules/a.lua") == 0)
        try await eventually("a refusal") { told(refusal) > 0 }
        try account.rule("b", Self.appending("b"))
        try await eventually("the other file") { told("reloaded: new") == 1 }
        #expect(told(refusal) == 1)
        #expect(told("a.lua:1: ") == 1)
        watcher.reload()
        try await eventually("an answer") { told(refusal) == 2 }
        try account.rule("a", "box.on(--")
        try await eventually("another refusal") { told(refusal) == 3 }
        try account.rule("a", Self.appending("one"))
        try await eventually("the old text") { told("reloaded: nothing has changed") == 1 }
      }
    }
  }
}
