"""The proof of a script that no budget ends; see `run`."""

import json
import os
import pathlib
import shutil
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ProofKit"))
from checks import Checks  # noqa: E402
from expectations import Expectations, lines  # noqa: E402
from processes import Simulator, Watcher, executable, scratch_folder, wait_until  # noqa: E402
from threads import busiest, stop_thread  # noqa: E402

# More than the rule computes, so that no budget ends it before its thread is stopped.
CONFIGURATION = "budgets: { cpu: 5s }\n"


def event(identity, name="a.pdf"):
    return f'{{"event_id":"{identity}","event_type":"ITEM_UPLOAD","source":{{"name":"{name}"}}}}'


def texts_of(identities):
    return [event(one, "slow" if one.startswith("slow") else "a.pdf") for one in identities]


def stop_the_rule(watcher):
    """Stops the thread of the rule that computes."""
    thread, share = wait_until(
        lambda: (found := busiest(watcher.process.pid)) and found[1] > 0.6 and found, 60, "a rule computes")
    stop_thread(thread)
    return thread


def blocked_signals(process):
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("SigBlk")).split()[1], 16)


def connections_of(process):
    """Its sockets, which the system numbers."""
    found = set()
    for one in pathlib.Path(f"/proc/{process}/fd").iterdir():
        try:
            found.add(os.readlink(one))
        except OSError:
            continue
    return {one for one in found if one.startswith("socket:")}


def starts(watcher):
    return watcher.log.read_text(errors="replace").count("watching ")


def starting_anew(checks, simulator, watcher, events):
    watcher.start()
    wait_until(lambda: len(lines(watcher.output / "every.txt")) == 3, 60, "the first events are handled")
    process = watcher.process.pid
    simulator.append(texts_of(events[3:8]))
    thread = stop_the_rule(watcher)
    connections = connections_of(process)
    checks.check(thread != process, "the rule's own thread is stopped, the watcher's others run")
    wait_until(lambda: starts(watcher) == 2, 60, "the watcher starts anew")
    log = watcher.log.read_text(errors="replace")
    checks.check(
        "stuck/compute has run for 20 s and cannot be ended; it is set aside, and the watcher starts anew" in log,
        "the watchdog names the handler and starts the watcher anew", watcher.last_words())
    checks.check(
        watcher.process.poll() is None and watcher.process.pid == process, "it is the same process, with a new run in it")
    wait_until(lambda: len(lines(watcher.output / "every.txt")) == 8, 60, "the other rule has handled all events")
    simulator.append(texts_of(events[8:]))
    wait_until(lambda: len(lines(watcher.output / "every.txt")) == len(events), 60, "it handles what comes later")
    status = json.loads(watcher.ask("status", "--json"))
    checks.check(
        [(one["handler"], one["reason"]) for one in status["quarantined"]] == [("stuck/compute", "could not be ended")],
        "status tells which handler is set aside, and why", status["quarantined"])
    checks.check(
        connections and not connections & connections_of(process), "the new run has none of the connections of the old one",
        connections & connections_of(process))
    checks.check(blocked_signals(process) == 0, "the new run blocks no signals")
    parked = [json.loads(line) for line in watcher.ask("parked", "list", "--json").splitlines()]
    kept = [line.split(" ")[1] for line in lines(watcher.output / "stuck.txt")]
    checks.same(
        kept + [one.get("eventId") or one.get("event_id") for one in parked], events,
        "each event of the stuck handler is handled once, or parked")
    # The cause is gone.
    watcher.ask("parked", "retry", "--all")
    wait_until(lambda: len(lines(watcher.output / "stuck.txt")) == len(events), 60, "the handler has caught up")
    checks.check(watcher.interrupt(30) == 0, "the new run ends in order when it is asked to", watcher.last_words())


def ending(checks, simulator, watcher, events):
    """One that is stuck while the watcher is to end."""
    before = starts(watcher)
    watcher.start()
    wait_until(lambda: starts(watcher) > before, 60, "the watcher starts")
    simulator.append(texts_of(events))
    stop_the_rule(watcher)
    watcher.process.send_signal(signal.SIGTERM)
    status = watcher.process.wait(60)
    checks.check(status == 70, "a watcher that is to end ends with 70", f"{status}: {watcher.last_words()}")
    checks.check(starts(watcher) == before + 1, "and does not start anew")


def main():
    binary = executable(sys.argv[1] if len(sys.argv) > 1 else None)
    checks = Checks()
    with scratch_folder("stuck-rule", checks) as folder:
        shutil.copytree(pathlib.Path(__file__).parent / "rules", folder / "rules")
        simulator = watcher = None
        try:
            simulator = Simulator(binary, folder, "simulator", "--backlog", "0")
            watcher = Watcher(binary, folder, simulator.address, configuration=CONFIGURATION)
            events = ["1", "2", "3", "4", "slow-5", "6", "7", "8", "9", "10"]
            simulator.append(texts_of(events[:3]))
            expectations = Expectations(checks, {one: None for one in events}, watcher.output)
            starting_anew(checks, simulator, watcher, events)
            more = ["11", "slow-12", "13"]
            ending(checks, simulator, watcher, more)
            # Released, since it ran before; what it was stuck at is parked.
            status, _ = watcher.drain(60)
            checks.check(status == 0, "the next run ends in order", f"{status}: {watcher.last_words()}")
            events += more
            expectations.numbered("every.txt", events)
            before = starts(watcher)
            watcher.start()
            wait_until(lambda: starts(watcher) > before, 60, "the watcher starts")
            watcher.ask("parked", "retry", "--all")
            wait_until(lambda: len(lines(watcher.output / "stuck.txt")) == len(events), 60, "all is caught up")
            checks.check(watcher.interrupt(30) == 0, "and the one behind it", watcher.last_words())
            expectations.numbered("stuck.txt", events)
        finally:
            for one in (watcher, simulator):
                if one:
                    one.stop()
    checks.end()


if __name__ == "__main__":
    main()
