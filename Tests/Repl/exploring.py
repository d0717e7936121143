"""Finding out at the prompt: why an event matched, which fields events have, what was meant."""

from person import answers, checks, open_prompt, shown


def explaining(folder):
    with open_prompt(folder, "--simulate", "--simulated-rate", "5", columns=120) as person:
        person.prompt()
        answers(
            person, "seen = {}; box.on('*', function(e) seen[1] = e.event_id; box.kv.incr('n'); print('came') end, { name = 'all' })",
            "box>", "a handler for all")
        answers(person, "box.on('NOTE_CREATE', function() end, { name = 'notes' })", "box>", "a handler for none")
        person.until("\ncame")
        person.enter("'last ' .. seen[1]")
        person.until('"last ')
        person.prompt()
        identity = person.screen.text().split('"last ')[1].split('"')[0]
        person.enter(f".explain {identity}")
        checks.check(
            person.until("it is for NOTE_CREATE") and person.prompt(), ".explain says why a handler does not match", shown(person))
        text = person.screen.text().split(f".explain {identity}")[1]
        checks.check("matches    repl/all" in text and "kv n = " in text, "and what one does that matches", repr(text))
        person.enter(f".explain {identity[:10]}")
        checks.check(
            person.until(lambda s: s.text().count("it is for NOTE_CREATE") == 2), "the beginning of an id is enough", shown(person))
        answers(person, ".explain nosuch", "no event nosuch", "an event that is not there is told as such")


def fields(folder):
    (folder / "rules").mkdir()
    (folder / "rules" / "one.lua").write_text("loaded = 'one'\n")
    with open_prompt(folder, "--simulate", "--simulated-rate", "5") as person:
        person.prompt()
        answers(person, ".events 5", "@", "events were seen")
        person.type("e.source.path_c\t")
        checks.check(person.until("e.source.path_collection"), "Tab completes fields that events had", shown(person))
        person.type(".t\t")
        checks.check(person.until("e.source.path_collection.total_count"), "and those inside them", shown(person))
        person.type("\x15.load ru\t")
        checks.check(person.until(".load rules/"), "Tab completes folders behind .load", shown(person))
        person.type("o\t")
        checks.check(person.until(".load rules/one.lua"), "and files", shown(person))
        person.type("\r")
        person.prompt()
        answers(person, "loaded", '"one"', "which is then loaded")


def hints(folder):
    with open_prompt(folder) as person:
        person.prompt()
        answers(person, "pritn('x')", "Did you mean print?", "a name that was mistyped has a hint")
        answers(person, "box.kv.incrr('x')", "Did you mean box.kv.incr?", "one of the box module too")
        answers(person, ".help window:add", "window:add(key [, value])", "methods have help")


def waiting(folder):
    with open_prompt(folder, "--simulate", "--simulated-rate", "20") as person:
        person.prompt()
        answers(person, "box.on('*', function() print('in'); box.sleep('1h') end, { name = 'slow' })", "box>", "a handler that waits")
        checks.check(person.until("\nin"), "it is called", shown(person))
        person.prompt()
        person.enter("20 + 22")
        checks.check(person.until("waiting for repl/slow, which waits; Ctrl-C ends both"), "a chunk behind it says so", shown(person))
        person.type("\x03")
        checks.check(person.until(lambda s: "cancelled" in s.text().split("Ctrl-C ends both")[-1]) and person.until(lambda s: s.lines()[-1:] == ["box>"]), "Ctrl-C brings the prompt back", shown(person))


PARTS = (explaining, fields, hints, waiting)
