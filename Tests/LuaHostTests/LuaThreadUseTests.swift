import LuaHost
import Testing

@Suite("What a watchdog sees of a Lua thread")
struct LuaThreadUseTests {
  private let use = LuaThreadUse()
  private let begun = ContinuousClock.now

  @Test("a script that was seen to run for the whole limit is stuck")
  func stuck() {
    use.enter("a/1")
    #expect(use.stuck(for: .seconds(10), now: begun) == nil)
    #expect(use.stuck(for: .seconds(10), now: begun + .seconds(9)) == nil)
    #expect(use.stuck(for: .seconds(10), now: begun + .seconds(10)) == "a/1")
  }

  @Test("scripts that follow each other are not, nor is one that returned")
  func busy() {
    use.enter("a/1")
    #expect(use.stuck(for: .seconds(10), now: begun) == nil)
    use.leave()
    use.enter("a/1")
    #expect(use.stuck(for: .seconds(10), now: begun + .seconds(20)) == nil)
    use.leave()
    #expect(use.stuck(for: .seconds(10), now: begun + .seconds(40)) == nil)
    #expect(use.stuck(for: .seconds(10), now: begun + .seconds(60)) == nil)
  }
}
