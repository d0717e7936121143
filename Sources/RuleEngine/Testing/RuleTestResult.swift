/// What became of one test of a rule file, or of a file that did not load.
public struct RuleTestResult: Sendable, Equatable {
  public enum Outcome: Sendable, Equatable {
    case passed
    case failed([RuleTestFailure])
    /// The file has a mistake that keeps its tests from being known.
    case loadFailed([RuleTestFailure])
  }

  /// The file with the test.
  public let file: String
  /// Where the test begins, from 1; 0 for a file that did not load.
  public let line: Int
  /// The test's name; empty for a file that did not load.
  public let name: String
  public let outcome: Outcome
  /// The seed of `math.random`, with which the test can be run again as it was.
  public let seed: UInt64
  /// What the test printed and logged, a line each.
  public let log: [String]

  public init(file: String, line: Int, name: String, outcome: Outcome, seed: UInt64, log: [String] = []) {
    self.file = file
    self.line = line
    self.name = name
    self.outcome = outcome
    self.seed = seed
    self.log = log
  }

  /// What went wrong; empty for a test that passed.
  public var failures: [RuleTestFailure] {
    switch outcome {
    case .passed: []
    case .failed(let failures), .loadFailed(let failures): failures
    }
  }
}

/// One thing that went wrong in a test.
public struct RuleTestFailure: Sendable, Equatable {
  public let message: String
  public let file: String
  /// From 1; 0 where it is not known.
  public let line: Int
  /// Lua's traceback, lines separated by line breaks; empty where there is none.
  public let traceback: String

  public init(message: String, file: String, line: Int, traceback: String = "") {
    self.message = message
    self.file = file
    self.line = line
    self.traceback = traceback
  }
}

/// The count of a whole run.
public struct RuleTestSummary: Sendable, Equatable {
  public private(set) var passed = 0
  public private(set) var failed = 0
  /// Files that did not load.
  public private(set) var loadFailed = 0

  public init() {}

  public mutating func count(_ result: RuleTestResult) {
    switch result.outcome {
    case .passed: passed += 1
    case .failed: failed += 1
    case .loadFailed: loadFailed += 1
    }
  }

  /// Whether nothing went wrong.
  public var isSuccess: Bool { failed == 0 && loadFailed == 0 }
}
