// What the rules' machinery costs by itself: a call from Lua into the host and back, a handler called with an event, a
// rule file loaded anew.
import Benchmark
import BoxClient
import RuleEngine

private let perCall = BenchmarkMetric.custom("ns/call", useScalingFactor: false)
private let perEvent = BenchmarkMetric.custom("ns/event", useScalingFactor: false)
private let perReload = BenchmarkMetric.custom("µs/reload", useScalingFactor: false)
private let growth = BenchmarkMetric.custom("growth of resident memory (KiB)", useScalingFactor: false)

let benchmarks: @Sendable () -> Void = {
  func configuration(_ metrics: BenchmarkMetric..., iterations: Int = 10) -> Benchmark.Configuration {
    .init(metrics: metrics, warmupIterations: 1, maxDuration: .seconds(60), maxIterations: iterations)
  }

  Benchmark("a call from Lua into the host that answers at once", configuration: configuration(perCall)) { benchmark in
    try await measureCalls(benchmark, of: "box.time.now()", count: 200_000)
  }

  Benchmark("a call from Lua that waits and goes on", configuration: configuration(perCall)) { benchmark in
    try await measureCalls(benchmark, of: "box.sleep(0)", count: 20_000)
  }

  Benchmark("a handler that does nothing, on each event of a page of 500", configuration: configuration(perEvent)) {
    benchmark in
    let pages = 400
    try await LoadedRules.run("box.on('upload', function(event) end)") { rules in
      let page = try LoadedRules.page(of: 500)
      _ = await rules.handle(page)
      let clock = ContinuousClock.now
      for _ in 0..<pages { _ = await rules.handle(page) }
      benchmark.measurement(perEvent, nanoseconds(since: clock) / (pages * page.entries.count))
    }
  }

  Benchmark(
    "a thousand reloads of a changed file", configuration: configuration(perReload, growth, iterations: 5)
  ) { benchmark in
    try await LoadedRules.run("box.on('upload', function(event) end) -- 0") { rules in
      // What the allocator keeps of the first ones serves all others.
      for number in 1...200 { try await rules.reload("box.on('upload', function(event) end) -- \(number)") }
      let before = residentMemory()
      let clock = ContinuousClock.now
      for number in 201...1200 { try await rules.reload("box.on('upload', function(event) end) -- \(number)") }
      benchmark.measurement(perReload, nanoseconds(since: clock) / 1_000_000)
      benchmark.measurement(growth, max(0, residentMemory() - before) / 1024)
    }
  }
}

/// A handler that calls the host so often.
private func measureCalls(_ benchmark: Benchmark, of call: String, count: Int) async throws {
  let rule = "box.on('upload', function(event) for _ = 1, \(count) do \(call) end end)"
  try await LoadedRules.run(rule) { rules in
    let page = try LoadedRules.page(of: 1)
    let clock = ContinuousClock.now
    let outcomes = await rules.handle(page)
    benchmark.measurement(perCall, nanoseconds(since: clock) / count)
    if let failure = outcomes.first?.failure { fatalError("\(failure)") }
  }
}

private func nanoseconds(since start: ContinuousClock.Instant) -> Int {
  Int((ContinuousClock.now - start) / .nanoseconds(1))
}
