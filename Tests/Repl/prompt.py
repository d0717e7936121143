"""The prompt of `boxwatch repl`, as a person sees it."""

import os
import stat
import time

from person import answers, checks, open_prompt, shown
from processes import scratch_folder

import attaching
import exploring
import reading


def values(folder):
    with open_prompt(folder) as person:
        checks.check(person.prompt(), "the prompt comes without an account", shown(person))
        answers(person, "20 + 22", "\n42", "an expression's value is printed")
        answers(person, "_ / 2", "\n21.0", "the underscore is the last value")
        answers(person, "'é' .. '漢字'", '"é漢字"', "UTF-8 is typed and shown")
        answers(person, "{ 1, { a = true } }", "{ 1, { a = true } }", "a table is readable")
        answers(person, "nosuch.field", "prompt:1: attempt to index a nil value (global 'nosuch')", "an error names its line")
        answers(person, "kept = 7", "box>", "the prompt goes on after an error")
        person.enter("function twice(x)")
        checks.check(person.prompt("...>"), "a chunk that is not over goes on", shown(person))
        person.enter("  return 2 * x")
        person.enter("end")
        person.prompt()
        answers(person, "twice(kept)", "\n14", "what was defined over several lines works")
        answers(person, "box.alert { title = 'look' }", "alert, info: look [repl]", "an alert is printed")
        answers(person, "box.get_events()", "BOX_DEVELOPER_TOKEN", "asking Box without an account says what is missing")
        answers(person, ".help box.once", "box.once(key, period)", ".help explains")
        answers(person, ".json on", "box>", ".json is heard")
        answers(person, "{ a = { 1 } }", '"a": [', "values are JSON then")
        person.enter(".quit")
        checks.check(person.exit_status() == 0, ".quit leaves with 0", f"{person.status}: {shown(person)}")


def colours(folder):
    with open_prompt(folder) as person:
        person.prompt()
        answers(person, "'x'", '"x"', "a value is shown on a terminal with colours")
        checks.check(b'\x1b[32m"x"\x1b[0m' in person.raw, "its colour is set and taken back")
    with open_prompt(folder, environment={"NO_COLOR": "1"}) as person:
        person.prompt()
        answers(person, "'x'", '"x"', "a value is shown with NO_COLOR")
        checks.check(b"\x1b[32m" not in person.raw, "NO_COLOR is honoured")


def keys(folder):
    with open_prompt(folder) as person:
        person.prompt()
        person.type("box.kv.in\t")
        checks.check(person.until("box.kv.incr"), "Tab completes the box API", shown(person))
        person.type("\x15")
        person.prompt()
        answers(person, "mylongname = 1", "box>", "a global")
        person.type("mylo\t")
        checks.check(person.until(lambda s: s.lines()[-1] == "box> mylongname"), "Tab completes globals", shown(person))
        person.type("\x15event.created_by.l\t")
        checks.check(person.until("event.created_by.login"), "Tab completes event fields", shown(person))
        person.type("\x15box.on('ITEM_UPL\t")
        checks.check(person.until("box.on('ITEM_UPLOAD"), "Tab completes event types in strings", shown(person))
        person.type("\x15box.kv.\t")
        checks.check(
            person.until("box.kv.delete") and person.until(lambda s: s.lines()[-1] == "box> box.kv."),
            "Tab lists what is possible", shown(person))
        person.type("\x15")
        person.type("half a line")
        person.until("half a line")
        person.type("\x03")
        checks.check(person.prompt(), "Ctrl-C leaves the line", shown(person))
        answers(person, "6 * 7", "\n42", "and the next one is a new one")
        person.type("\x1b[A")
        checks.check(person.until(lambda s: s.lines()[-1] == "box> 6 * 7"), "Up brings the last line back", shown(person))
        person.type("\x15\x04")
        checks.check(person.exit_status() == 0, "Ctrl-D leaves with 0", f"{person.status}: {shown(person)}")


def cancelling(folder):
    with open_prompt(folder) as person:
        person.prompt()
        chunks = {
            "computes": "while true do end",
            "waits": "box.sleep('1h')",
            "is in a pattern": "local s = ('x'):rep(1e6) while true do s:find('(x+)+y') end",
        }
        for what, chunk in chunks.items():
            answers(person, f"kept = 'before it {what}'", "box>", f"a state before a chunk that {what}")
            person.enter(chunk)
            # No sign tells that the chunk has begun; a Ctrl-C before that would leave it running.
            time.sleep(0.3)
            begun = time.monotonic()
            person.type("\x03")
            ended = person.until(lambda screen: "cancelled" in screen.text().split(chunk[:12])[-1])
            print(f"  after {(time.monotonic() - begun) * 1000:.0f} ms")
            checks.check(ended and person.prompt(), f"Ctrl-C ends a chunk that {what}", shown(person))
            answers(person, "kept", f'"before it {what}"', "and the state is kept")
        person.type("\x03")
        person.until("once more")
        person.prompt()
        person.type("\x03")
        checks.check(person.exit_status() == 0, "two Ctrl-C at an empty prompt leave with 0", f"{person.status}: {shown(person)}")


def history(folder):
    state = folder / ".boxwatch"
    (folder / "boxwatch.yaml").write_text("secrets:\n  api: ${API_KEY}\n")
    with open_prompt(folder, environment={"BOX_CLIENT_SECRET": "s3cr3t-value", "API_KEY": "n0t-t0-be-kept"}) as one, open_prompt(
        folder, environment={"API_KEY": "x"}) as other:
        one.prompt(), other.prompt()
        answers(one, "'from one'", '"from one"', "a first prompt")
        answers(other, "'from other'", '"from other"', "a second prompt on the same state directory")
        answers(one, "x = 's3cr3t-value'", "box>", "a secret is typed")
        answers(one, "x = 'n0t-t0-be-kept'", "box>", "a secret of the configuration is typed")
        answers(one, "h = { Authorization = 'Bearer abc' }", "box>", "a header is typed")
        one.enter(".quit"), other.enter(".quit")
        one.exit_status(), other.exit_status()
    text = (state / "history").read_text()
    checks.check("from one" in text and "from other" in text, "both prompts' lines are in the history", text)
    checks.check("s3cr3t" not in text and "Bearer" not in text and "n0t-t0" not in text, "the history holds no secrets", text)
    mode = stat.S_IMODE(os.stat(state / "history").st_mode)
    checks.check(mode == 0o600, "the history is its owner's alone", oct(mode))
    with open_prompt(folder, environment={"API_KEY": "x"}) as person:
        person.prompt()
        person.type("\x1b[A\x1b[A")
        checks.check(person.until("from o"), "a later prompt remembers", shown(person))


def live(folder):
    with open_prompt(folder, "--simulate", "--simulated-rate", "4", columns=40, rows=12) as person:
        person.prompt()
        answers(person, "box.on('*', function(e) print('live ' .. e.event_id) end)", "box>", "box.on at the prompt")
        checks.check(person.until("live "), "events reach a handler while the prompt waits", shown(person))
        line = "x = '漢字かな交じりの長い行はスクリーンの幅よりもずっと長い" + "abc" * 8
        person.type(line)
        count = len([l for l in person.screen.lines() if l.startswith("live ")])
        came = person.until(lambda s: len([l for l in s.lines() if l.startswith("live ")]) >= count + 4)
        checks.check(came, "events go on to come while a line is being typed", shown(person))
        person.type("Z")
        expected = f"box> {line}Z"
        typed = person.until(lambda s: typed_line(s) == expected)
        checks.check(typed, "a wide line longer than the screen is not garbled", repr(typed_line(person.screen)))
        strange = [l for l in person.screen.lines() if "live" in l and not l.startswith("live ") and "box.on" not in l and "print" not in l]
        checks.check(not strange, "what is printed stands on lines of its own", repr(strange))
        person.type("'\r")
        person.enter("#x")
        checks.check(person.until("\n1"), "and the line arrives as it was typed", shown(person))
        person.prompt()
        person.type("\x04")
        checks.check(person.exit_status() == 0, "it leaves while events come", f"{person.status}: {shown(person)}")


def typed_line(screen):
    """The line that is being typed, over all its rows."""
    lines = screen.lines()
    begin = max((i for i, line in enumerate(lines) if line.startswith("box> ")), default=len(lines))
    return "".join(lines[begin:])


def events(folder):
    recorded = folder / "events.jsonl"
    recorded.write_text('{"event_id":"1","event_type":"UPLOAD","created_at":"2026-01-05T09:00:00Z"}\n')
    with open_prompt(folder, "--simulate", "--simulated-rate", "5") as person:
        person.prompt()
        person.enter(".events 3")
        checks.check(person.until(lambda s: s.text().count("@") >= 2) and person.prompt(), ".events shows the newest", shown(person))
        person.enter(".tail")
        person.until("Ctrl-C ends it")
        before = len(person.screen.lines())
        checks.check(person.until(lambda s: len(s.lines()) >= before + 2), ".tail shows events as they come", shown(person))
        person.type("\x03")
        checks.check(person.prompt(), "Ctrl-C ends .tail", shown(person))
        answers(person, "box.on('upload', function(e) print('seen', e.event_id) end)", "box>", "a handler")
        answers(person, f".replay {recorded.name}", "1 event handled", ".replay hands recorded events to it")
        answers(person, "box.every('50ms', function() print('a tick') end)", "box>", "a timer")
        ticked = person.until(lambda s: s.lines().count("a tick") >= 2)
        checks.check(ticked, "timers tick while the prompt waits", shown(person))
        answers(person, ".rules", "timer  repl/every#1", ".rules lists")


def rules(folder):
    (folder / "rules").mkdir()
    (folder / "rules" / "loud.lua").write_text("box.on('*', function(e) box.alert { title = 'loud ' .. e.event_type } end)\n")
    with open_prompt(folder, "--simulate", "--simulated-rate", "5", "rules") as person:
        checks.check(person.until("alert, info: loud"), "rules that are named are live", shown(person))


with scratch_folder("repl", checks) as scratch:
    own_parts = (values, colours, keys, cancelling, history, live, events, rules)
    for part in own_parts + reading.PARTS + exploring.PARTS + attaching.PARTS:
        own = scratch / part.__name__
        own.mkdir()
        part(own)
checks.end()
