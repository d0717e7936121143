import CBoxLua

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One script's Lua: its globals, its memory, its calls.
///
/// Confined to the thread that made it, which is a ``LuaThread``'s; every call checks that. Scripts never run outside
/// the calls of this type, and the host's functions must not call back into the state.
public final class LuaState {
  /// What a state may use.
  public struct Limits: Sendable {
    /// Bytes that the script may hold.
    public var memory = 64 << 20
    /// What all files together may hold.
    public var pool: MemoryPool?
    public init(memory: Int = 64 << 20, pool: MemoryPool? = nil) {
      self.memory = memory
      self.pool = pool
    }
  }

  private let pointer: OpaquePointer
  private let owner = pthread_self()
  private let releases = ReleaseQueue()
  /// Outlives the state, which draws from it.
  private let pool: MemoryPool?
  /// Ends the running call from any thread.
  public let cancellation = LuaCancellation()
  private let host: (HostCall) -> HostReply
  /// Names of chunks that Lua shortens in its messages.
  private var longNames: [String] = []
  /// Those of the last reply, which is read when the host has returned.
  private var repliedPages: [LuaPage] = []
  /// What the script waits for, between the host's answer and the waiting itself.
  private var pendingWait: (@Sendable () async throws -> [LuaValue])?
  /// The wait that is under way.
  private var waiting: Task<[LuaValue], any Error>?

  /// - Throws: ``LuaFailure`` when memory is short.
  public init(limits: Limits = Limits(), host: @escaping (HostCall) -> HostReply) throws {
    self.host = host
    pool = limits.pool
    guard
      let pointer = bxl_open(
        limits.memory, limits.pool?.pointer,
        { context, _, function, ticket, arguments in
          Unmanaged<LuaState>.fromOpaque(context!).takeUnretainedValue().answer(function, ticket, arguments)
        }, nil)
    else { throw LuaFailure(.memory, "not enough memory for a Lua state") }
    self.pointer = pointer
    bxl_set_context(pointer, Unmanaged.passUnretained(self).toOpaque())
    cancellation.attach(pointer)
  }

  deinit {
    assert(pthread_equal(pthread_self(), owner) != 0, "a Lua state was let go of outside its thread")
    cancellation.detach()
    bxl_close(pointer)
  }

  private func checkThread() {
    precondition(pthread_equal(pthread_self(), owner) != 0, "a Lua state was used outside its thread")
  }

  // MARK: Setting up

  /// Makes `box.<path>` call the host; below `host.` only the prelude sees it.
  public func define(_ path: String, as function: Int32) throws {
    checkThread()
    try check(bxl_define(pointer, path, function))
  }

  /// Runs the product's own Lua, which gets the tables `host` and `box` as its arguments.
  public func runPrelude(_ text: String) throws {
    checkThread()
    try check(text.withBytes { bxl_run_prelude(pointer, $0.bytes, $0.length, "=box") })
  }

  /// Makes the libraries read-only. From here on scripts run.
  public func seal(seed: UInt64) throws {
    checkThread()
    try check(bxl_seal(pointer, seed))
  }

  /// Compiles a script.
  ///
  /// - Parameter name: as tracebacks show it.
  /// - Throws: ``LuaFailure`` whose message begins with `name:line`.
  public func load(_ text: [UInt8], name: String) throws -> LuaFunction {
    checkThread()
    var reference: Int64 = 0
    if name.utf8.count > Self.shownBytes && !longNames.contains(name) { longNames.append(name) }
    // One byte too many, so that an empty text has an address as well.
    let status = (text + [0]).withBytes { bxl_load(pointer, $0.bytes, text.count, name, &reference) }
    try check(status)
    return LuaFunction(reference: reference, releases: releases)
  }

  /// Whether assigning a new global is allowed, as at a file's top level.
  public var allowsNewGlobals = false {
    didSet { bxl_allow_globals(pointer, allowsNewGlobals) }
  }

  // MARK: Calls

  /// The event that calls with `event: true` get as their first argument.
  ///
  /// - Parameter attempt: 1, or more when the event was handled before and is again.
  public func setEvent(_ page: LuaPage, _ index: Int, stream: String, replayed: Bool = false, attempt: Int = 1) throws {
    checkThread()
    var stream = stream
    let isSet = stream.withUTF8 { text in
      text.withMemoryRebound(to: CChar.self) { text in
        var info = bxl_event_info(
          stream: bxl_bytes(bytes: text.baseAddress, length: text.count), replayed: replayed,
          attempt: Int64(attempt))
        return bxl_set_event(pointer, page.pointer, UInt32(index), &info)
      }
    }
    guard isSet else { throw LuaFailure(.memory, "not enough memory") }
  }

  /// The page is done with: events of it that the script still holds get a copy of their own.
  public func pageDone() {
    checkThread()
    bxl_page_done(pointer)
    repliedPages = []
    releaseFunctions()
  }

  /// Calls a function and waits with it.
  ///
  /// - Parameters:
  ///   - event: whether the event of ``setEvent(_:_:stream:replayed:attempt:)`` is the first argument.
  ///   - cpu: CPU time for the whole call.
  ///   - wait: bounds the waiting of the whole call; nil for no bound.
  ///   - entering: runs each time before the script does, so that the host knows whose calls come.
  /// - Throws: ``LuaFailure``.
  public func call(
    _ function: LuaFunction, event: Bool = false, arguments: [LuaValue] = [], cpu: Duration,
    wait: Duration? = nil, isolation: isolated (any Actor)? = #isolation, entering: () -> Void = {}
  ) async throws -> [LuaValue] {
    entering()
    let budget = CPUBudget(cpu)
    guard let waiting = try start(function, event: event, arguments: arguments, cpu: budget) else { return results }
    return try await finish(waiting, wait: wait, entering: entering)
  }

  /// Begins a call, and ends it where the script does not wait: then the answer is nil, and ``results`` has what the
  /// function returned. Otherwise ``finish(_:wait:isolation:entering:)`` has to go on with it.
  ///
  /// - Throws: ``LuaFailure``.
  public func start(
    _ function: LuaFunction, event: Bool = false, arguments: [LuaValue] = [], cpu: CPUBudget
  ) throws -> WaitingCall? {
    checkThread()
    var call: bxl_call = 0
    let encoded = arguments.isEmpty ? nil : ValueWriter(arguments)
    let status = withExtendedLifetime(encoded?.pages) {
      (encoded?.bytes ?? []).withBytes {
        bxl_start(pointer, function.reference, event, $0, cpu.milliseconds, &call)
      }
    }
    if status == BXL_YIELDED { return WaitingCall(call: call) }
    try check(status)
    return nil
  }

  /// What the last call that ended has returned, until the next one.
  public var results: [LuaValue] { ValueReader.values(bxl_results(pointer), releases: releases) }

  /// Waits with a call that ``start(_:event:arguments:cpu:)`` began, and goes on with it until it ends.
  ///
  /// - Throws: ``LuaFailure``.
  public func finish(
    _ waiting: WaitingCall, wait: Duration? = nil, isolation: isolated (any Actor)? = #isolation,
    entering: () -> Void = {}
  ) async throws -> [LuaValue] {
    checkThread()
    var call = waiting.call
    var status = BXL_YIELDED
    var waited = Duration.zero
    while status == BXL_YIELDED {
      let begun = ContinuousClock.now
      let outcome = await finishWait(bound: wait.map { $0 - waited })
      waited += ContinuousClock.now - begun
      checkThread()
      if case .failure(let failure as LuaFailure) = outcome, failure.kind == .wait || failure.kind == .cancelled {
        bxl_drop(pointer, call)
        throw self.failure(failure.kind, failure.message)
      }
      entering()
      status = resume(&call, outcome)
    }
    try check(status)
    return results
  }

  /// Ends the wait of the call that is under way, if it waits: the call fails as cancelled.
  public func cancelWait() {
    // A wait that the script has asked for, and that has not begun.
    if pendingWait != nil { pendingWait = { throw CancellationError() } }
    waiting?.cancel()
  }

  private func finishWait(
    bound: Duration?, isolation: isolated (any Actor)? = #isolation
  ) async -> Result<[LuaValue], any Error> {
    guard let work = pendingWait else { preconditionFailure("a script waits for nothing") }
    pendingWait = nil
    let task = Task {
      guard let bound else { return try await work() }
      return try await Deadline.run(within: bound, work)
    }
    waiting = task
    defer { waiting = nil }
    do {
      return .success(
        try await withTaskCancellationHandler {
          try await task.value
        } onCancel: {
          task.cancel()
        })
    } catch is CancellationError {
      return .failure(LuaFailure(.cancelled, "cancelled"))
    } catch {
      // Whatever a cancelled wait throws, the script must not go on with it.
      return .failure(task.isCancelled ? LuaFailure(.cancelled, "cancelled") : error)
    }
  }

  private func resume(_ call: inout bxl_call, _ outcome: Result<[LuaValue], any Error>) -> bxl_status {
    let answer: bxl_answer
    let reply: [LuaValue]
    switch outcome {
    case .success(let values): (answer, reply) = (BXL_ANSWER_VALUES, values)
    case .failure(let error):
      (answer, reply) = (BXL_ANSWER_ERROR, [(error as? ScriptError)?.value ?? .text("\(error)")])
    }
    let encoded = ValueWriter(reply)
    return withExtendedLifetime(encoded.pages) {
      encoded.bytes.withBytes { bxl_resume(pointer, &call, answer, $0) }
    }
  }

  private func answer(_ function: Int32, _ ticket: Int64, _ arguments: bxl_bytes) -> bxl_answer {
    let call = HostCall(
      function: function, arguments: ValueReader.values(arguments, releases: releases), canWait: ticket != 0)
    switch host(call) {
    case .values(let values):
      if !values.isEmpty { reply(values) }
      return BXL_ANSWER_VALUES
    case .error(let error):
      reply([error])
      return BXL_ANSWER_ERROR
    case .wait(let work):
      guard ticket != 0 else {
        reply([.text("this call waits, which is impossible here")])
        return BXL_ANSWER_ERROR
      }
      pendingWait = work
      return BXL_ANSWER_WAIT
    }
  }

  private func reply(_ values: [LuaValue]) {
    let encoded = ValueWriter(values)
    repliedPages = encoded.pages
    encoded.bytes.withUnsafeBytes { bxl_reply(pointer, $0.baseAddress, $0.count) }
  }

  /// `file:line` of the script's line that calls the host; nil where no call is under way.
  public var caller: String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
      let length = Int(bxl_caller(pointer, buffer.baseAddress, buffer.count))
      guard length > 0 else { return nil }
      return String(decoding: UnsafeRawBufferPointer(start: buffer.baseAddress, count: length), as: UTF8.self)
    }
  }

  // MARK: Memory

  /// Bytes that the state holds.
  public var memory: Int { bxl_memory(pointer) }

  /// A whole garbage collection.
  public func collectGarbage() {
    checkThread()
    releaseFunctions()
    bxl_collect(pointer)
  }

  /// Gives back what the state keeps of freed memory for its next allocations. Costs no collection: to be called at
  /// rest, since the state of a busy script would only ask for it again.
  public func releaseKept() {
    checkThread()
    bxl_release_kept(pointer)
  }

  /// Bytes of that.
  package var keptMemory: Int { bxl_kept_memory(pointer) }

  /// For tests: the n-th allocation from now on fails, and all that follow it; 0 ends that.
  package func failAllocation(_ n: UInt64) {
    bxl_fail_allocation(pointer, n)
  }

  private func releaseFunctions() {
    for reference in releases.take() { bxl_release_function(pointer, reference) }
  }

  private func check(_ status: bxl_status) throws {
    guard status != BXL_OK else { return }
    throw failure(LuaFailure.Kind(status), withWholeNames(bxl_error_message(pointer).text))
  }

  /// With the place that the bridge has written down.
  private func failure(_ kind: LuaFailure.Kind, _ message: String) -> LuaFailure {
    let location = bxl_error_location(pointer).text
    let traceback = withWholeNames(bxl_error_traceback(pointer).text)
    return LuaFailure(
      kind, message, location: location.isEmpty ? nil : location, traceback: traceback.isEmpty ? nil : traceback)
  }

  /// Lua's messages show the last 56 bytes of a long file name (`LUA_IDSIZE`); whoever reads them wants the file.
  private static let shownBytes = 56

  private func withWholeNames(_ text: String) -> String {
    var text = text
    for name in longNames {
      let short = "..." + String(decoding: Array(name.utf8.suffix(Self.shownBytes)), as: UTF8.self)
      let parts = text.split(separator: short, omittingEmptySubsequences: false)
      if parts.count > 1 { text = parts.joined(separator: name) }
    }
    return text
  }
}

/// An error that a wait raises in the script.
public struct ScriptError: Error, Sendable {
  public let value: LuaValue
  public init(_ value: LuaValue) { self.value = value }
}

extension String {
  fileprivate func withBytes<Result>(_ body: (bxl_bytes) -> Result) -> Result {
    Array(utf8).withBytes(body)
  }
}

extension [UInt8] {
  fileprivate func withBytes<Result>(_ body: (bxl_bytes) -> Result) -> Result {
    withUnsafeBytes { body(bxl_bytes(bytes: $0.baseAddress?.assumingMemoryBound(to: CChar.self), length: $0.count)) }
  }
}

extension bxl_bytes {
  fileprivate var text: String {
    String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
  }
}

/// A call of a script that waits for the host.
public struct WaitingCall {
  fileprivate let call: bxl_call
}

/// CPU time for a whole call, in ticks of ten milliseconds at the least.
public struct CPUBudget: Sendable {
  fileprivate let milliseconds: UInt32

  public init(_ time: Duration) {
    let (seconds, attoseconds) = time.components
    milliseconds = UInt32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
  }
}
