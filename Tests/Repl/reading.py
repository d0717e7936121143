"""Long results at the prompt: pages, the person's own pager, folded tables."""



from person import answers, checks, open_prompt, shown

ROWS = "local t = {} for i = 1, 40 do t[i] = ('row %d of a long result'):format(i) end return t"


def last_line(typist):
    return typist.screen.lines()[-1:]


def paging(folder):
    with open_prompt(folder, rows=12) as person:
        person.prompt()
        person.enter(ROWS)
        checks.check(person.until("-- 31 more lines: space a page"), "a long result is shown in pages", shown(person))
        person.type(" ")
        checks.check(person.until("-- 20 more lines"), "space shows the next page", shown(person))
        person.type("\r")
        checks.check(person.until("-- 19 more lines"), "Enter shows the next line", shown(person))
        person.type("z\x1b[B")
        checks.check(person.until("-- 19 more lines") and "row 23" not in person.screen.text(), "other keys do nothing", shown(person))
        person.type("q")
        checks.check(person.prompt(), "q ends it", shown(person))
        checks.check("more lines" not in person.screen.text().split("row 1 ")[1], "and no question is left on the screen", shown(person))
        person.enter(ROWS.replace("row", "all"))
        person.until("-- 31 more lines")
        person.type("a")
        checks.check(person.until("all 40 of") and person.prompt(), "a shows all the rest", shown(person))
        person.enter(ROWS.replace("row", "cut"))
        person.until("-- 31 more lines")
        person.type("\x03")
        checks.check(person.prompt() and "cut 40 of" not in person.screen.text(), "Ctrl-C ends it", shown(person))
        answers(person, ".pager off", "box>", ".pager off is heard")
        answers(person, ROWS.replace("row", "off"), "off 40 of", "and then all of it is shown at once")
        answers(person, "6 * 7", "\n42", "lines are typed as before")


def iterators(folder):
    with open_prompt(folder, "--simulate") as person:
        person.prompt()
        person.enter("box.events { stream_position = '0', max = 50 }")
        checks.check(person.until("-- more events: space the next ones, q end"), "of an iterator twenty events are shown, and it asks", shown(person))
        person.type(" ")
        checks.check(
            person.until(lambda s: s.text().count("\n20  ") == 2) and person.until("-- more events"),
            "space shows the next twenty", shown(person))
        person.type(" ")
        checks.check(person.prompt(), "where no more are there it asks no more", shown(person))
        person.enter("box.events { stream_position = '0', max = 50 }")
        person.until("-- more events")
        person.type("q")
        checks.check(person.prompt(), "q ends it", shown(person))
        answers(person, "#_:take(7)", "\n7", "and the iterator goes on where it stands")


def own_pager(folder):
    with open_prompt(folder, rows=12, environment={"PAGER": "sed s/^/paged:/"}) as person:
        person.prompt()
        answers(person, ROWS, 'paged:  "row 40 of', "PAGER gets what is long")
        answers(person, "1 + 1", "\n2", "and not what is short")
    with open_prompt(folder, rows=12, environment={"PAGER": "nosuchprogram"}) as person:
        person.prompt()
        person.enter(ROWS)
        checks.check(person.until("-- 31 more lines"), "a PAGER that is not there gives way to the pager here", shown(person))
    with open_prompt(folder, "--simulate", "--simulated-rate", "5", rows=12, environment={"PAGER": "cat; read x < /dev/tty"}) as person:
        person.prompt()
        answers(person, "box.on('*', function() print('meanwhile') end)", "box>", "a handler")
        person.enter(ROWS)
        person.until("row 40 of")
        before = person.screen.text().count("meanwhile")
        # Events come, and their output must wait for the pager.
        came = person.until(lambda s: s.text().split("row 40 of")[1].count("meanwhile") > 0, limit=1.5)
        checks.check(not came, "what handlers print waits for the pager", f"{before}: {shown(person)}")
        person.type("\r")
        checks.check(person.until(lambda s: s.text().count("meanwhile") > before), "and comes behind it", shown(person))


def folding(folder):
    with open_prompt(folder, rows=80) as person:
        person.prompt()
        person.enter("local t = {} for i = 1, 60 do t[i] = ('number %d, which is long'):format(i) end return t")
        checks.check(
            person.until("… 20 more") and person.prompt() and '"number 41,' not in person.screen.text(),
            "a long table is folded", shown(person))
        answers(person, ".all", '"number 60,', ".all shows the whole of it")
        answers(person, "{ a = { b = { c = { d = { e = ('x'):rep(70), f = 1 } } } } }", "d = { … 2 lines }", "a deep table is folded")
        answers(person, ".all", "f = 1", ".all shows what is deep")


def narrow(folder):
    with open_prompt(folder, "--simulate", columns=60, rows=80) as person:
        person.prompt()
        answers(person, ".events 3", "ITEM_", ".events on a narrow screen")
        events = [l for l in person.screen.lines() if "  ITEM_" in l]
        checks.check(len(events) == 3 and all(len(l) <= 60 for l in events), "takes a line for each event", repr(events))
        answers(person, ".help", "box.secret", ".help on a narrow screen")
        split = [l for l in person.screen.lines() if l.endswith(("box.", "box", "even"))]
        checks.check(not split, "breaks no name", repr(split))


PARTS = (paging, iterators, own_pager, folding, narrow)
