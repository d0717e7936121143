"""The endurance proof; see scripts/soak."""

import os
import pathlib
import random
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ProofKit"))
from checks import Checks  # noqa: E402
from expectations import Expectations, write_rules  # noqa: E402
from processes import Simulator, Watcher, executable, generated_events, scratch_folder, wait_until  # noqa: E402
from receiver import Receiver  # noqa: E402

# Struck by chance: 5 % of the requests that they can strike.
KINDS = [
    "reconnect", "max_retries", "drop", "truncate", "html", "429", "500", "503", "duplicate", "reorder",
    "empty_zero_position", "expire_token", "slow",
]
# One request of the feed that stalls is given up after a minute: by chance the watcher would do little else. On the
# real-time server a stall is like ten minutes without news, to anybody who listens.
STALL_EVERY = 150
# Box's own limit, in any 60 seconds (PROTOCOL.md, section 5). The watcher keeps below it by itself.
CALLS_PER_MINUTE = 1000
# These remember every event on purpose; Tests/Crash has them.
REMEMBERING = ("once", "window")
# What may come on top of the early figure. For each event its id, which the watcher remembers for 250,000 of them, in a
# table that doubles at times. And once for all the pages of 500 events, with what each rule makes of them, that come
# after the feed has been out of reach for a while: early or late, and an allocator keeps the room.
BYTES_PER_EVENT, SLACK = 128, 16 << 20


class Load(threading.Thread):
    """Lets events happen at a steady rate, and a request stall now and then."""

    def __init__(self, simulator, texts, seconds):
        super().__init__(daemon=True)
        self.simulator, self.texts, self.seconds = simulator, texts, seconds
        self.stopping = threading.Event()
        self.error = None

    def run(self):
        try:
            begun, sent = time.monotonic(), 0
            stalls = 0
            while sent < len(self.texts) and not self.stopping.wait(0.1):
                passed = time.monotonic() - begun
                due = min(len(self.texts), int(len(self.texts) * passed / self.seconds))
                if due > sent:
                    self.simulator.append(self.texts[sent:due])
                    sent = due
                if passed > STALL_EVERY * (stalls + 1):
                    self.simulator.set_fault("stall", count=1, endpoint="events")
                    stalls += 1
        except Exception as error:
            self.error = error


def held_bytes(process):
    """What the process has taken itself. Its code comes and goes: at a rest, such as a stall, the watcher lets go of it."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) << 10
    return 0


def sampled(watcher, load):
    """Its memory twice a second while the load lasts; ends early when the watcher does."""
    samples = []
    while load.is_alive() and watcher.process.poll() is None:
        samples.append(held_bytes(watcher.process))
        load.join(0.5)
    return samples


def main():
    seconds = int(sys.argv[1])
    binary = executable()
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    rate = int(os.environ.get("RATE", "50"))
    count = seconds * rate
    print(
        f"seed {seed}: {rate} events a second for {seconds} s; every fault at 5 %, a stall once in {STALL_EVERY} s",
        flush=True)
    checks = Checks()
    with scratch_folder("soak", checks) as folder:
        events = generated_events(binary, folder, count, seed)
        receiver = Receiver(seed)
        simulator = watcher = load = None
        try:
            faults = [option for kind in KINDS for option in ("--fault", f"{kind}=0.05")]
            simulator = Simulator(binary, folder, "simulator", "--seed", str(seed), "--backlog", "0", *faults)
            write_rules(folder / "rules", receiver, REMEMBERING)
            watcher = Watcher(
                binary, folder, simulator.address, configuration='allow: { http: ["127.0.0.1"] }\n')
            watcher.start()
            load = Load(simulator, list(events.values()), seconds)
            load.start()
            samples = sampled(watcher, load)
            checks.check(
                watcher.process.poll() is None, "the watcher lives",
                f"it ended with {watcher.process.returncode}:\n{watcher.last_words()}")
            load.join()
            if load.error:
                raise load.error
            memory(checks, samples, count)
            requests(checks, simulator.statistics(), seconds)
            if watcher.process.poll() is None:
                caught_up(checks, watcher, count)
                status = watcher.interrupt(30)
                checks.check(status == 0, "on SIGINT it ends with 0", f"{status}:\n{watcher.last_words()}")
            # An empty page is how Box says that nothing is left, and --once takes it at its word.
            simulator.set_fault("empty_zero_position", probability=0)
            status, runs = watcher.drain(240)
            checks.check(status == 0, f"run --once ends with 0 (runs: {runs})", f"{status}:\n{watcher.last_words()}")
            Expectations(checks, events, watcher.output).check_all(watcher, receiver, REMEMBERING)
        finally:
            if load:
                load.stopping.set()
            for one in (watcher, simulator, receiver):
                if one:
                    one.stop()
    checks.end()


def caught_up(checks, watcher, count):
    """Before anybody ends it: what it does at its end, or at the next start, must not be what saves the events."""
    every = watcher.output / "every.txt"
    try:
        wait_until(lambda: every.exists() and every.read_bytes().count(b"\n") >= count, 180, "all events", 0.2)
    except TimeoutError:
        handled = every.read_bytes().count(b"\n") if every.exists() else 0
        checks.check(False, "it catches up by itself", f"after 180 s {handled} of {count} events are handled")
    else:
        checks.check(True, "it catches up by itself")


def memory(checks, samples, count):
    fifth = len(samples) // 5
    if not checks.check(fifth >= 3, f"memory was sampled {len(samples)} times"):
        return
    early, late = (statistics.median(part) for part in (samples[fifth : 2 * fifth], samples[-fifth:]))
    # From the middle of the second fifth to the middle of the last, six tenths of the events come.
    allowed = SLACK + BYTES_PER_EVENT * count * 6 // 10
    checks.check(
        late - early <= allowed,
        f"memory is flat: {early / 1e6:.1f} MB in the second fifth of the time, {late / 1e6:.1f} MB in the last",
        f"it grew by {(late - early) / 1e6:.1f} MB, {allowed / 1e6:.1f} MB are allowed")


def requests(checks, found, seconds):
    most = found["max_requests_per_minute"]
    checks.check(
        0 < most <= CALLS_PER_MINUTE, f"at most {most} calls of Box in a minute, {CALLS_PER_MINUTE} are allowed")
    polls = sum(found["requests"].get("realtime", {}).values())
    checks.check(
        polls <= 5 * seconds, f"{polls} polls of the real-time server in {seconds} s, five a second are allowed")
    print("requests: " + ", ".join(f"{name} {sum(of.values())}" for name, of in found["requests"].items()))
    print("faults: " + ", ".join(f"{kind} {times}" for kind, times in found["faults"].items()), flush=True)


if __name__ == "__main__":
    main()
