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

KINDS = [
    "reconnect", "max_retries", "stall", "drop", "truncate", "html", "429", "500", "503", "duplicate", "reorder",
    "empty_zero_position", "slow",
]
# Box's own limit, in any 60 seconds (PROTOCOL.md, section 5). The watcher keeps below it by itself.
CALLS_PER_MINUTE = 1000
# The windows and box.once keep every event of the run on purpose, some 400 bytes each; the rest of the allowance is
# what an allocator keeps back and a page of 500 events takes for a moment.
BYTES_PER_EVENT, SLACK = 1024, 12 << 20


class Load(threading.Thread):
    """Lets events happen at a steady rate, and now and then a token end."""

    def __init__(self, simulator, texts, seconds):
        super().__init__(daemon=True)
        self.simulator, self.texts, self.seconds = simulator, texts, seconds
        self.stopping = threading.Event()
        self.error = None

    def run(self):
        try:
            begun, sent, ended_tokens = time.monotonic(), 0, 0
            while sent < len(self.texts) and not self.stopping.wait(0.1):
                passed = time.monotonic() - begun
                due = min(len(self.texts), int(len(self.texts) * passed / self.seconds))
                if due > sent:
                    self.simulator.append(self.texts[sent:due])
                    sent = due
                # One by one: a token that is refused twice in a row is one that nobody can replace.
                if passed > 5 * (ended_tokens + 1):
                    self.simulator.set_fault("expire_token", count=1)
                    ended_tokens += 1
        except Exception as error:
            self.error = error


def resident_bytes(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    return 0


def sampled(watcher, load):
    """Resident memory twice a second while the load lasts; ends early when the watcher does."""
    samples = []
    while load.is_alive() and watcher.process.poll() is None:
        samples.append(resident_bytes(watcher.process))
        load.join(0.5)
    return samples


def main():
    seconds = int(sys.argv[1])
    binary = executable()
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    rate = int(os.environ.get("RATE", "20"))
    count = seconds * rate
    print(f"seed {seed}: {rate} events a second for {seconds} s, every fault at 5 %", flush=True)
    checks = Checks()
    with scratch_folder("soak", checks) as folder:
        events = generated_events(binary, folder, count, seed)
        receiver = Receiver(seed)
        simulator = watcher = load = None
        try:
            faults = [option for kind in KINDS for option in ("--fault", f"{kind}=0.05")]
            simulator = Simulator(binary, folder, "simulator", "--seed", str(seed), "--backlog", "0", *faults)
            write_rules(folder / "rules", receiver)
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
                status = watcher.interrupt(30)
                checks.check(status == 0, "on SIGINT it ends with 0", f"{status}:\n{watcher.last_words()}")
            # An empty page is how Box says that nothing is left, and --once takes it at its word.
            simulator.set_fault("empty_zero_position", probability=0)
            status, runs = watcher.drain(240)
            checks.check(status == 0, f"run --once ends with 0 (runs: {runs})", f"{status}:\n{watcher.last_words()}")
            Expectations(checks, events, watcher.output).check_all(watcher, receiver)
        finally:
            if load:
                load.stopping.set()
            for one in (watcher, simulator, receiver):
                if one:
                    one.stop()
    checks.end()


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
