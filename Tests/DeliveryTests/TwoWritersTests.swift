import Delivery
import Foundation
import Testing

@Suite("Several writers")
struct TwoWritersTests {
  @Test("Two that opened the directory each for itself lose, repeat and mix no line, and write each header once")
  func twoDirectories() async throws {
    let scratch = try Scratch()
    let rotation = try FileRotation(limit: 1000, keep: 50)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<2 {
        let output = try OutputDirectory(path: scratch.outputPath)
        group.addTask {
          for number in 0..<300 {
            let line = "\(writer) \(number) " + String(repeating: "x", count: number % 40) + "\n"
            try output.append(Array(line.utf8), to: OutputPath("log"), rotation: rotation, header: Array("head\n".utf8))
          }
        }
      }
      try await group.waitForAll()
    }
    let files = try scratch.names().sorted { number($0) > number($1) }.map { try #require(scratch.text($0)) }
    #expect(files.count > 5)
    #expect(files.allSatisfy { $0.hasPrefix("head\n") && $0.utf8.count <= 1000 })
    // A file that was rotated twice at once would be nearly empty.
    #expect(files.dropLast().allSatisfy { $0.utf8.count > 1000 - 50 })
    let lines = files.flatMap { $0.split(separator: "\n") }
    #expect(lines.count { $0 == "head" } == files.count)
    for writer in 0..<2 {
      let own = lines.filter { $0.hasPrefix("\(writer) ") }
      #expect(own.map { Int($0.split(separator: " ")[1]) } == Array(0..<300))
      let tails = own.map { $0.split(separator: " ").dropFirst(2).joined() }
      #expect(tails == (0..<300).map { String(repeating: "x", count: $0 % 40) })
    }
  }

  @Test("Whoever checks a path waits for no write")
  func checking() async throws {
    let scratch = try Scratch()
    try scratch.put("", "log")
    let holder = open(scratch.inside("log"), O_RDWR)
    flock(holder, LOCK_EX)
    let (begun, beginning) = AsyncStream<Void>.makeStream()
    // It waits for the lock, two seconds at most.
    let append = Task.detached {
      beginning.finish()
      return try scratch.output.append(Array("line\n".utf8), to: OutputPath("log"))
    }
    for await _ in begun {}
    try await Task.sleep(for: .milliseconds(100))
    try scratch.output.check(OutputPath("log"))
    close(holder)
    _ = try await append.value
    #expect(scratch.text("log") == "line\n")
  }

  @Test("Many tasks on one directory get one place each")
  func oneDirectory() async throws {
    let scratch = try Scratch()
    let offsets = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<50 { group.addTask { try scratch.append("12345\n", "log").offset } }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(offsets == Set(stride(from: 0, to: 300, by: 6)))
  }

  @Test("A file that is replaced while an append waits for its lock is let go for the one in its place")
  func replacedWhileWaiting() throws {
    let scratch = try Scratch()
    try scratch.put("old\n", "log")
    let holder = open(scratch.inside("log"), O_RDONLY)
    flock(holder, LOCK_EX)
    // A thread of its own: it must not wait for other tests while this one waits for it.
    let append = Thread { _ = try? scratch.append("ours\n", "log") }
    append.start()
    while try openDescriptors(below: scratch.inside("log")) < 2, !append.isFinished { sched_yield() }
    rename(scratch.inside("log"), scratch.inside("moved"))
    try scratch.put("new\n", "log")
    close(holder)
    while !append.isFinished { sched_yield() }
    #expect(scratch.text("log") == "new\nours\n" && scratch.text("moved") == "old\n")
  }

  @Test("A program that knows no lock appends between ours, and the place that is told is right")
  func stranger() throws {
    let scratch = try Scratch()
    try scratch.append("ours\n", "log")
    let handle = try #require(FileHandle(forWritingAtPath: scratch.inside("log")))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("theirs\n".utf8))
    #expect(try scratch.append("ours\n", "log").offset == 12)
  }

  private func number(_ name: String) -> Int { Int(name.dropFirst("log.".count)) ?? 0 }
}
