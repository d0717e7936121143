"""The proof of slow rules; see `run`."""

import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ProofKit"))
from checks import Checks  # noqa: E402
from expectations import Expectations, lines  # noqa: E402
from processes import Simulator, Watcher, executable, generated_events, scratch_folder, wait_until  # noqa: E402

# Of each a slow rule handles one to five a second.
FIRST, SECOND = 100, 100


def main():
    binary = executable(sys.argv[1] if len(sys.argv) > 1 else None)
    seed = int(os.environ.get("SEED", "1"))
    checks = Checks()
    with scratch_folder("slow-rule", checks) as folder:
        events = generated_events(binary, folder, FIRST + SECOND, seed)
        texts = list(events.values())
        (folder / "first.jsonl").write_text("".join(text + "\n" for text in texts[:FIRST]))
        shutil.copytree(pathlib.Path(__file__).parent / "rules", folder / "rules")
        simulator = watcher = None
        try:
            # Half of the answers come two seconds late, so that a query takes a second.
            simulator = Simulator(
                binary, folder, "simulator", "--events", str(folder / "first.jsonl"), "--fault", "slow=0.5")
            watcher = Watcher(binary, folder, simulator.address)
            expectations = Expectations(checks, events, watcher.output)

            def count(name):
                return len(lines(watcher.output / f"{name}.txt"))

            def shows(fast, what):
                """Waits for the fast rule alone; how far the slow ones are is read afterwards."""
                wait_until(lambda: count("fast") >= fast, 60, f"the fast rule has handled {fast} events", 0.005)
                slow = {name: count(name) for name in ("asking", "computing")}
                checks.check(
                    all(handled < fast / 2 for handled in slow.values()),
                    f"{what}: the fast rule has handled {fast} events, the slow ones {slow}")
                return slow

            watcher.start()
            shows(FIRST, "a page")
            simulator.append(texts[FIRST:])
            before = shows(FIRST + SECOND, "events that come while the slow rules are in their backlogs")
            wait_until(
                lambda: all(count(name) > before[name] for name in before), 60, "both slow rules have gone on")
            middle = {name: count(name) for name in before}
            was_running = watcher.kill()
            checks.check(
                was_running and all(0 < handled < len(events) for handled in middle.values()),
                f"killed with SIGKILL while the slow rules had handled {middle}")
            # The rest without the delay: it is the same work.
            simulator.set_fault("slow", probability=0)
            status, _ = watcher.drain(240)
            checks.check(status == 0, "run --once ends with 0", f"{status}:\n{watcher.last_words()}")
            for name in ("fast", "asking", "computing"):
                expectations.numbered(f"{name}.txt", list(events))
            parked = watcher.ask("parked", "list", "--json")
            checks.check(not parked, "nothing is parked", parked[:500])
        finally:
            for one in (watcher, simulator):
                if one:
                    one.stop()
    checks.end()


if __name__ == "__main__":
    main()
