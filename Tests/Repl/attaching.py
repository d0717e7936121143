"""A prompt inside a running watcher."""

import os
import stat
import subprocess

from person import BOXWATCH, answers, checks, open_prompt, shown
from processes import Simulator, Watcher

RULE = """
box.on("upload", function(event)
  box.kv.set("last", event.event_id)
  box.kv.incr("uploads")
end, { name = "count" })
box.on("download", function() end, { name = "downloads" })
"""


def event(identity, kind="ITEM_UPLOAD"):
    return f'{{"event_id":"{identity}","event_type":"{kind}","source":{{"name":"a.pdf"}}}}'


def attaching(folder):
    (folder / "rules").mkdir()
    (folder / "rules" / "uploads.lua").write_text(RULE)
    simulator = Simulator(BOXWATCH, folder, "simulator", "--backlog", "0")
    watcher = Watcher(BOXWATCH, folder, simulator.address)
    try:
        watcher.start()
        simulator.append([event("first")])
        # The socket is there, and the event was handled, when the prompt can read it.
        with open_prompt(folder, "--attach", "state", "--rules", "rules/uploads.lua", columns=120) as person:
            begun = person.until("in the watcher with the process id", limit=5)
            while not begun and person.exit_status() is not None:
                person.__exit__()
                person = open_prompt(folder, "--attach", "state", "--rules", "rules/uploads.lua", columns=120)
                begun = person.until("in the watcher with the process id", limit=5)
            prompts(person, simulator)
        writing(folder, simulator)
        batch(folder)
        mode = stat.S_IMODE(os.stat(folder / "state" / "watcher.sock").st_mode)
        checks.check(mode == 0o600, "the socket is its owner's alone", oct(mode))
        with open_prompt(folder, "--attach", "state") as person:
            person.prompt()
            checks.check(watcher.interrupt(30) == 0, "the watcher ends in order while a prompt is attached", watcher.last_words())
            checks.check(person.until("the watcher has gone"), "which the prompt tells", shown(person))
            person.prompt()
            person.type("\x04")
            checks.check(person.exit_status() == 0, "and Ctrl-D leaves it", shown(person))
    finally:
        watcher.stop()
        simulator.stop()


def prompts(person, simulator):
    person.prompt()
    checks.check("Nothing is changed" in person.screen.text(), "the prompt says where it is, and what it may", shown(person))
    for _ in range(100):
        person.enter("box.kv.get('last')")
        if person.until('"first"', limit=0.3):
            break
    checks.check(person.prompt() and '"first"' in person.screen.text(), "it reads what the rule remembers", shown(person))
    answers(person, "function twice(x) return 2 * x end", "box>", "functions are kept")
    answers(person, "twice(box.kv.get('uploads'))", "\n2", "and work on it")
    answers(person, "box.kv.set('uploads', 99)", "not kept: kv uploads = 99", "a change is told and not kept")
    answers(person, "#box.get_events { stream_position = '0' }.entries", "\n1", "it asks Box with the watcher's account")
    answers(person, "nosuch.field", "attempt to index a nil value", "errors are told")
    person.enter("for i = 1, 3 do")
    person.prompt("...>")
    answers(person, "print('line', i) end", "line\t3".expandtabs(), "a chunk may take several lines")
    for chunk in ("while true do end", "box.sleep('1h')"):
        person.enter(f"print('begun') {chunk}")
        person.until(lambda s: s.lines()[-1:] == ["begun"])
        person.type("\x03")
        checks.check(
            person.until(lambda s: "cancelled" in s.text().split("begun")[-1]) and person.prompt(),
            f"Ctrl-C cancels over the socket: {chunk}", shown(person))
    person.type("twi\t")
    checks.check(person.until(lambda s: s.lines()[-1] == "box> twice"), "Tab knows the globals there", shown(person))
    person.type("\x15")
    person.prompt()
    person.enter(".tail upload")
    person.until("Ctrl-C ends it")
    simulator.append([event("second", "ITEM_DOWNLOAD"), event("third")])
    checks.check(person.until("third") and "second" not in person.screen.text(), ".tail shows events that come", shown(person))
    person.type("\x03")
    checks.check(person.prompt(), "Ctrl-C ends .tail", shown(person))
    answers(person, ".events 2", "ITEM_DOWNLOAD", ".events shows them")
    person.enter(".explain third")
    checks.check(
        person.until("it is for DOWNLOAD, ITEM_DOWNLOAD") and person.prompt() and "matches    uploads/count" in person.screen.text(),
        ".explain asks the watcher's rules", shown(person))
    answers(person, ".rules", "handler  uploads/count", ".rules lists the watcher's")
    answers(person, ".help explain", "which handlers an event matches", ".help tells of what works there")
    answers(person, ".help replay", 'no help on "replay"', "and of nothing else")
    answers(person, ".replay x.jsonl", "an attached one has none", ".replay says why not")
    answers(person, "box.on('*', print)", "registers nothing", "so does box.on")
    person.type("\x04")
    checks.check(person.exit_status() == 0, "Ctrl-D leaves with 0", f"{person.status}: {shown(person)}")


def writing(folder, simulator):
    with open_prompt(folder, "--attach", "state", "--rules", "uploads", "--allow-write") as person:
        person.prompt()
        answers(person, "box.kv.set('uploads', 40)", "kept: kv uploads = 40", "with --allow-write it is kept")
        simulator.append([event("fourth")])
        for _ in range(100):
            person.enter("box.kv.get('uploads')")
            if person.until("\n41", limit=0.3):
                break
        checks.check(person.prompt() and "\n41" in person.screen.text(), "and the rule goes on from there", shown(person))


def batch(folder):
    def run(*arguments, text=None):
        return subprocess.run(
            [BOXWATCH, "repl", "--attach", *arguments], cwd=folder, input=text, capture_output=True, text=True, timeout=60)

    done = run("state", "--rules", "uploads", "-e", "box.kv.get('uploads')", "-e", "print('x')")
    checks.check((done.returncode, done.stdout) == (0, "41\nx\n"), "it runs chunks as a batch", repr(done))
    done = run("state", text="1 + 1\n.rules\n")
    checks.check(done.returncode == 0 and done.stdout.startswith("2\nhandler  uploads/count"), "and standard input", repr(done))
    done = run("state", "-e", "error('broken')", "-e", "2")
    checks.check(done.returncode == 1 and done.stdout == "" and "broken" in done.stderr, "the first error ends it with 1", repr(done))


def nobody(folder):
    (folder / "state").mkdir(mode=0o700)
    done = subprocess.run(
        [BOXWATCH, "repl", "--attach", "state", "-e", "1"], cwd=folder, capture_output=True, text=True, timeout=60)
    checks.check(done.returncode == 69 and "no watcher runs on state" in done.stderr, "where nothing runs it is an error, exit 69", repr(done))
    with open_prompt(folder, "--attach", "state") as person:
        checks.check(person.exit_status() == 69, "at a terminal too", shown(person))


PARTS = (attaching, nobody)
