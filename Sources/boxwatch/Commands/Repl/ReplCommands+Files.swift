import BoxClient
import RuleEngine

extension ReplSession {
  func load(_ path: String) async -> Ending {
    guard !path.isEmpty else {
      say(error: ".load takes a file, such as .load rules/uploads.lua")
      return .failed
    }
    do {
      let text = String(decoding: try RuleSource.text(of: path), as: UTF8.self)
      return await run(chunk: text, name: path) ? .done : .failed
    } catch {
      return failed(error)
    }
  }

  func rules() async -> Ending {
    do {
      let lines = try await console.rules()
      if lines.isEmpty { screen.message(style.remark("nothing is registered; .help box.on") + "\n") }
      await page(lines.map { TerminalText.escaped($0) + "\n" }.joined())
      return .done
    } catch {
      return failed(error)
    }
  }

  func replay(_ path: String) async -> Ending {
    guard let here else {
      say(
        error: ".replay is for handlers of a prompt of its own; an attached one has none",
        advice: "boxwatch replay FILE --rules RULE runs the watcher's rules over recorded events.")
      return .failed
    }
    guard !path.isEmpty else {
      say(error: ".replay takes a file of events, such as .replay events.jsonl")
      return .failed
    }
    isReplaying = true
    let ending: Ending
    do {
      let count = try await here.replay([path]) { outcomes in
        await self.report(outcomes)
      } badLine: { [screen, style] line in
        screen.message(style.remark("\(line)") + "\n")
      }
      screen.message(style.remark(Count.text(count, "event", "handled")) + "\n")
      ending = .done
    } catch {
      ending = failed(error)
    }
    isReplaying = false
    for page in held { await handle(page) }
    held = []
    restartClock()
    return ending
  }
}
