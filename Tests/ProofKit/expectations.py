"""What ProofKit/rules leave behind when each event was handled once: files, webhooks, alerts, parked events."""

import csv
import json
import pathlib


def is_in(event_id, parts):
    """The same part as proof.is_in of rules/lib/proof.lua."""
    return int(event_id[-4:], 16) % parts == 0


def part(events, parts):
    return [event_id for event_id in events if is_in(event_id, parts)]


def lines(path):
    """A file's lines. One that is torn or without an end is left as it is and will not be found equal to any."""
    path = pathlib.Path(path)
    if not path.exists():
        return []
    text = path.read_bytes().decode(errors="replace")
    ended = text.endswith("\n") or not text
    found = text.split("\n")
    return found[:-1] if ended else found[:-1] + [found[-1] + "<no line break>"]


def write_rules(folder, receiver, without=()):
    """Copies the rules, apart from some, with the receiver's address as one more library."""
    source = pathlib.Path(__file__).parent / "rules"
    for path in source.rglob("*.lua"):
        if path.stem in without:
            continue
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (folder / "lib" / "receiver.lua").write_text(f"return {json.dumps(receiver.address)}\n")


class Expectations:
    """Checks an output directory against `events`, {id: text} of all that Box had."""

    def __init__(self, checks, events, output):
        self.checks, self.events, self.output = checks, events, output

    def check_all(self, watcher, receiver, without=()):
        """All but what the rules `once` and `window` leave, where these are left out."""
        self.files()
        self.counts()
        if "once" not in without:
            self.once()
        if "window" not in without:
            self.windows()
        self.thresholds()
        self.alerts()
        self.webhooks(receiver.arrivals)
        self.parked(watcher.ask("parked", "list", "--json"))

    def numbered(self, name, expected):
        """A file whose lines begin with 1, 2, 3, … and go on with each expected id once."""
        rows = [line.split(" ") for line in lines(self.output / name)]
        numbers = [row[0] for row in rows]
        wanted = [str(number) for number in range(1, len(numbers) + 1)]
        first = next((at for at, pair in enumerate(zip(numbers, wanted)) if pair[0] != pair[1]), None)
        self.checks.check(
            first is None, f"{name}: counted by box.kv without a gap or a repeat",
            first is not None and f"line {first + 1} has number {numbers[first]!r}")
        self.checks.same([row[1] if len(row) > 1 else "" for row in rows], expected, f"{name}: each event once")

    def total(self, name, expected):
        found = lines(self.output / name)
        self.checks.check(found == [str(expected)], f"{name}: exactly {expected}", f"it holds {found}")

    def files(self):
        events = list(self.events)
        self.numbered("every.txt", events)
        self.numbered("slow.txt", part(events, 32))
        self.numbered("failing.txt", [one for one in part(events, 16) if not is_in(one, 64)])
        rotated = sorted((self.output / "rotated").glob("ids.txt*"))
        self.checks.same(
            [line for path in rotated for line in lines(path)], events,
            f"{len(rotated)} rotated files: each event once")
        chosen = part(events, 4)
        self.checks.same(
            lines(self.output / "records.jsonl"), [self.events[one] for one in chosen],
            "records.jsonl: each event's text once, as Box sent it")
        with (self.output / "records.csv").open(newline="", errors="replace") as file:
            rows = list(csv.reader(file))
        self.checks.check(
            [row[:2] for row in rows].count(["id", "type"]) == 1 and rows[0] == ["id", "type", "text"],
            "records.csv: one header, at the top")
        self.checks.same([row[0] for row in rows[1:]], chosen, "records.csv: each event once")
        for name in ("ticks.txt", "starts.txt"):
            found = lines(self.output / name)
            self.checks.check(
                found and found == [str(number) for number in range(1, len(found) + 1)],
                f"{name}: {len(found)} lines, none missing or repeated", f"it ends with {found[-5:]}")

    def counts(self):
        count = len(self.events)
        self.total("every.latest", count)
        self.total("every.total", count)
        self.total("shared.total", 2 * count)

    def once(self):
        self.checks.same(lines(self.output / "once.txt"), list(self.events), "box.once: true once for each event")
        again = lines(self.output / "again.txt")
        self.checks.check(not again, "box.once: never asked again for an event", f"{len(again)}, such as {again[:1]}")

    def windows(self):
        expected = []
        for digit in "0123456789abcdef":
            of_key = sum(event_id.endswith(digit) for event_id in self.events)
            expected.append(f"{digit} {of_key} {of_key}")
        found = lines(self.output / "window.totals")
        self.checks.check(
            found == expected, "box.window: the counts of all keys are exact",
            f"{[pair for pair in zip(found, expected) if pair[0] != pair[1]][:3] or len(found)}")

    def thresholds(self):
        hits = [line.split(" ") for line in lines(self.output / "threshold.txt")]
        expected = []
        for digit in "0123456789abcdef":
            expected += [digit] * (sum(event_id.endswith(digit) for event_id in self.events) // 50)
        self.checks.same([hit[0] for hit in hits], expected, "thresholds: one hit for fifty events of a key")
        named = [event_id for hit in hits for event_id in hit[1].split(",")]
        self.checks.check(
            len(named) == 50 * len(hits) and len(set(named)) == len(named) and set(named) <= set(self.events),
            "thresholds: each hit names fifty events that no other names",
            f"{len(named)} named, {len(set(named))} different")

    def alerts(self):
        records, torn = [], 0
        for line in lines(self.output / "alerts.jsonl"):
            try:
                records.append(json.loads(line))
            except ValueError:
                torn += 1
        self.checks.check(not torn, "alerts.jsonl: every line is whole", f"{torn} are not")
        single = [one for one in records if one["rule"] == "alerts"]
        self.checks.same([one["title"] for one in single], part(self.events, 16), "alerts: one for each event")
        self.checks.same(
            [one["context"]["number"] for one in single], list(range(1, len(single) + 1)),
            "alerts: numbered by box.kv without a gap or a repeat")
        ids = [one["id"] for one in records]
        self.checks.check(len(set(ids)) == len(ids), "alerts: every id is there once")
        of_rule = [one for one in records if one["rule"] == "held-back"]
        first = [one for one in of_rule if one["kind"] == "alert"]
        held = sum(one["context"]["held_back"] for one in of_rule if one["kind"] == "summary")
        self.checks.check(
            len(first) + held == len(self.events),
            f"alerts: {len(first)} sent and {held} held back and summed up make all events",
            f"{len(first) + held} of {len(self.events)}")

    def webhooks(self, arrivals):
        expected = [("/first", one) for one in part(self.events, 8)]
        expected += [("/second", one) for one in part(self.events, 64)]
        logical, broken = {}, 0
        for key, path, body, is_taken in arrivals:
            try:
                event_id = json.loads(body)["event_id"]
            except (ValueError, KeyError):
                broken += 1
                continue
            kept = logical.setdefault(key, [(path, event_id, body), False])
            broken += kept[0] != (path, event_id, body)
            kept[1] |= is_taken
        self.checks.check(
            not broken and None not in logical,
            f"webhooks: {len(arrivals)} arrivals, a key always with the same body", f"{broken} broken or different")
        self.checks.same(
            [delivery[:2] for delivery, _ in logical.values()], expected, "webhooks: by their keys one for each event")
        untaken = [delivery for delivery, is_taken in logical.values() if not is_taken]
        self.checks.check(
            not untaken, "webhooks: each was answered with 200 in the end", f"{len(untaken)}, such as {untaken[:1]}")

    def parked(self, listing):
        items = [json.loads(line) for line in listing.splitlines()]
        self.checks.same(
            [one.get("eventId") or one.get("event_id") or one["error"] for one in items], part(self.events, 64),
            "parked: the events at which a rule fails, and nothing else")
