"""The crash proof of a gap that is filled; see `run`."""

import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ProofKit"))
from checks import Checks  # noqa: E402
from expectations import lines  # noqa: E402
from processes import Simulator, Watcher, executable, scratch_folder, wait_until  # noqa: E402

BEFORE, MISSED, EACH_START = 300, 4000, 60
# Late answers leave time to kill in the middle of the gap.
FAULTS = {"slow": 0.25, "500": 0.1, "drop": 0.1, "duplicate": 0.3, "reorder": 0.3}
RULE = """
box.on("*", function(event)
  box.file.append("ids.txt", event.event_id .. " " .. box.kv.incr("handled") .. "\\n")
end)
"""


class Events:
    """Events that happen when they are asked for: what a gap holds is found by its time."""

    def __init__(self, simulator):
        self.simulator, self.ids = simulator, []

    def happen(self, count):
        new = [f"event-{len(self.ids) + number}" for number in range(count)]
        self.simulator.append([f'{{"event_id":"{one}","event_type":"UPLOAD"}}' for one in new])
        self.ids += new


def main():
    binary = executable(sys.argv[1] if len(sys.argv) > 1 else None)
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"seed {seed}; SEED={seed} repeats it", flush=True)
    draw = random.Random(seed)
    checks = Checks()
    with scratch_folder("gap", checks) as folder:
        (folder / "rules").mkdir()
        (folder / "rules" / "every.lua").write_text(RULE)
        simulator = watcher = None
        try:
            options = [option for kind, chance in FAULTS.items() for option in ("--fault", f"{kind}={chance}")]
            simulator = Simulator(binary, folder, "simulator", "--backlog", "0", "--seed", str(seed), *options)
            watcher = Watcher(
                binary, folder, simulator.address, "--stream-type", "admin_logs_streaming", "--calls-per-minute", "0",
                "--poll-interval", "1s")
            events = Events(simulator)
            file = watcher.output / "ids.txt"

            def handled():
                return len(lines(file)) if file.exists() else 0

            watcher.start()
            events.happen(BEFORE)
            wait_until(lambda: handled() == BEFORE, 60, "what comes before the gap")
            watcher.interrupt(60)
            events.happen(MISSED)

            middle = set()
            start = ["--reset-position", "now"]
            for _ in range(12):
                at_start = handled()
                watcher.start(*start)
                start = []
                events.happen(EACH_START)
                wanted = at_start + draw.randint(EACH_START + 1, 500)
                limit = time.monotonic() + draw.uniform(1, 6)
                while handled() < wanted and time.monotonic() < limit:
                    time.sleep(0.002)
                was_running = watcher.kill()
                if not checks.check(was_running, f"killed with {handled()} of {len(events.ids)} events handled",
                                    watcher.last_words()):
                    break
                # More than the events that came meanwhile were handled, and not all of the gap.
                if handled() - at_start > EACH_START and handled() < BEFORE + MISSED:
                    middle.add(handled())
                if handled() >= BEFORE + MISSED:
                    break
            checks.check(len(middle) >= 3, f"at least three kills were in the middle of the gap ({len(middle)})")

            watcher.start()
            wait_until(lambda: handled() >= len(events.ids), 120, "everything is handled")
            watcher.interrupt(60)
            found = [line.split() for line in lines(file)]
            checks.same([one[0] for one in found], events.ids, "each event is in the file once")
            checks.same([int(one[1]) for one in found], list(range(1, len(events.ids) + 1)), "the total is exact")
        except TimeoutError as error:
            checks.check(False, str(error), f"{handled()} of {len(events.ids)} handled:\n{watcher.last_words()}")
        finally:
            for one in (watcher, simulator):
                if one:
                    one.stop()
    checks.end()


if __name__ == "__main__":
    main()
