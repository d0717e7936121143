// swift-tools-version: 6.2
import PackageDescription

// One target a folder of Sources/; dependencies point downward only (`scripts/check` holds the list).
let package = Package(
  name: "boxwatch",
  platforms: [.macOS("15.4")],
  products: [.executable(name: "boxwatch", targets: ["boxwatch"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // Traits off: without them the package asks for jemalloc.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "boxwatch",
      dependencies: [
        "BoxClient", "BoxSimulator", "CEdit", "ConfigurationFile", "Delivery", "EventFeed", "Ledger", "LuaHost",
        "RuleEngine",
        "Watcher",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .target(
      name: "Watcher",
      dependencies: [
        "BoxClient", "CMemory", "Delivery", "EventFeed", "Ledger", "LuaHost", "RuleEngine",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .target(
      name: "ConfigurationFile", dependencies: ["BoxClient", .product(name: "Yams", package: "Yams")]),
    .target(
      name: "Ledger",
      dependencies: [
        "Threads",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .target(name: "EventFeed", dependencies: ["BoxClient"]),
    .target(
      name: "BoxClient",
      dependencies: [
        "CEventPage",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(
      name: "RuleEngine",
      dependencies: [
        "BoxClient", "CEventPage", "Delivery", "LuaHost",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(name: "LuaHost", dependencies: ["CBoxLua", "Threads"]),
    .target(name: "CBoxLua", dependencies: ["CEventPage", "CLua"], cSettings: [.define("_GNU_SOURCE")]),
    .systemLibrary(name: "CEdit", providers: [.apt(["libedit-dev"])]),
    .target(name: "Threads"),
    .target(name: "CMemory", cSettings: [.define("_GNU_SOURCE")]),
    .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
    .target(
      name: "Delivery",
      dependencies: [
        "BoxClient", "Threads",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .target(name: "CEventPage", linkerSettings: [.linkedLibrary("simdjson")]),
    .target(
      name: "BoxSimulator",
      dependencies: [
        "CEventPage",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(
      name: "EventBenchmarks",
      dependencies: ["BoxClient", .product(name: "Benchmark", package: "benchmark")],
      path: "Tests/Benchmarks/EventBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    .executableTarget(
      name: "RuleBenchmarks",
      dependencies: ["BoxClient", "RuleEngine", .product(name: "Benchmark", package: "benchmark")],
      path: "Tests/Benchmarks/RuleBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    .testTarget(
      name: "BoxClientTests",
      dependencies: ["BoxClient", "BoxSimulator", .product(name: "Logging", package: "swift-log")]),
    .testTarget(name: "EventFeedTests", dependencies: ["BoxClient", "BoxSimulator", "EventFeed"]),
    .testTarget(name: "boxwatchTests", dependencies: ["boxwatch", "BoxClient", "BoxSimulator", "ConfigurationFile"]),
    .testTarget(name: "LuaHostTests", dependencies: ["LuaHost"]),
    .testTarget(name: "ThreadsTests", dependencies: ["Threads"]),
    .testTarget(
      name: "RuleEngineTests", dependencies: ["BoxClient", "RuleEngine"], exclude: ["Hostile"]),
    .testTarget(name: "ConfigurationFileTests", dependencies: ["BoxClient", "ConfigurationFile"]),
    .testTarget(
      name: "DeliveryTests",
      dependencies: [
        "BoxClient", "Delivery",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .testTarget(name: "LedgerTests", dependencies: ["Ledger", .product(name: "GRDB", package: "GRDB.swift")]),
    .testTarget(
      name: "WatcherTests",
      dependencies: [
        "BoxClient", "BoxSimulator", "CMemory", "Delivery", "Ledger", "RuleEngine", "Watcher",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(name: "BoxSimulatorTests", dependencies: ["BoxSimulator"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
