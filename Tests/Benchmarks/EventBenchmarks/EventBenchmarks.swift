// How fast pages come in: `getEvents` beside a bare socket that reads the same bytes. scripts/bench starts the simulator
// that both read from, and says where it is.
import Benchmark
import BoxClient

#if canImport(Glibc)
  import Glibc
#endif

private let eventsPerSecond = BenchmarkMetric.custom("events/s", polarity: .prefersLarger, useScalingFactor: false)
private let pagesPerSecond = BenchmarkMetric.custom("pages/s", polarity: .prefersLarger, useScalingFactor: false)

let benchmarks: @Sendable () -> Void = {
  guard let address = getenv("BOXWATCH_BENCHMARK_URL").map({ String(cString: $0) }) else {
    fatalError("BOXWATCH_BENCHMARK_URL is not set; scripts/bench sets it")
  }
  let metrics: [BenchmarkMetric] = [eventsPerSecond, pagesPerSecond, .wallClock, .cpuTotal, .peakMemoryResident]
  let configuration = Benchmark.Configuration(
    metrics: metrics, warmupIterations: 1, maxDuration: .seconds(60), maxIterations: 10)

  Benchmark("bare socket: read every page of the backlog", configuration: configuration) { benchmark in
    let socket = try BareSocket(address)
    let clock = ContinuousClock.now
    var position = "0"
    var pages = 0
    var events = 0
    while true {
      let page = try socket.page(from: position)
      pages += 1
      guard page.count > 0, page.next != position else { break }
      events += page.count
      position = page.next
    }
    report(benchmark, pages: pages, events: events, since: clock)
  }

  Benchmark("getEvents: read and index every page of the backlog", configuration: configuration) { benchmark in
    let transport = PooledTransport()
    let client = try BoxClient(
      apiURL: address, tokens: TokenKeeper(DeveloperToken(Secret("any"))), transport: transport,
      budget: CallBudget(callsPerMinute: 0))
    let clock = ContinuousClock.now
    var position = StreamPosition.beginning
    var pages = 0
    var events = 0
    while true {
      let page = try await client.events.getEvents(queryParams: .init(streamPosition: position, limit: 500))
      pages += 1
      guard !page.entries.isEmpty, let next = page.nextStreamPosition, next != position else { break }
      events += page.entries.count
      position = next
    }
    report(benchmark, pages: pages, events: events, since: clock)
    try await transport.shutdown()
  }
}

private func report(_ benchmark: Benchmark, pages: Int, events: Int, since start: ContinuousClock.Instant) {
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  precondition(events > 0, "the simulator has no backlog")
  benchmark.measurement(eventsPerSecond, Int(Double(events) / seconds))
  benchmark.measurement(pagesPerSecond, Int(Double(pages) / seconds))
}
