"""The crash proof; see `run`."""

import os
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ProofKit"))
from checks import Checks  # noqa: E402
from expectations import Expectations, write_rules  # noqa: E402
from processes import Simulator, Watcher, executable, generated_events, scratch_folder  # noqa: E402
from receiver import Receiver  # noqa: E402

# No `stall`: it holds a request until the client gives up after a minute, and the proof is to last two.
FAULTS = {
    "reconnect": 0.7, "max_retries": 0.3, "drop": 0.05, "truncate": 0.05, "html": 0.02, "429": 0.02, "500": 0.05,
    "503": 0.05, "duplicate": 0.3, "reorder": 0.3, "empty_zero_position": 0.05, "expire_token": 0.02, "slow": 0.01,
}
CONFIGURATION = 'allow: { http: ["127.0.0.1"] }\n'


class Feeder(threading.Thread):
    """Lets events happen in batches of random size until all have."""

    def __init__(self, simulator, texts, seed):
        super().__init__(daemon=True)
        self.simulator, self.texts, self.random = simulator, texts, random.Random(seed)
        self.stopping = threading.Event()
        self.error = None

    def run(self):
        try:
            at = 0
            while at < len(self.texts) and not self.stopping.wait(self.random.uniform(0.05, 0.6)):
                size = self.random.randint(1, 250)
                self.simulator.append(self.texts[at : at + size])
                at += size
        except Exception as error:
            self.error = error


class Killer:
    """Starts the watcher and kills it at a moment that is drawn."""

    def __init__(self, watcher, receiver, draw):
        self.watcher, self.receiver, self.draw = watcher, receiver, draw

    def moment(self, number):
        """What to wait for: text for the reader, and a condition."""
        if number == 0:
            return self.after(self.draw.uniform(0, 0.1))
        if number == 1:
            return "when its ledger appears", lambda: any(self.watcher.state.glob("*.sqlite*"))
        kind = self.draw.choice(["time", "webhook", "growth", "growth"])
        if kind == "time":
            return self.after(self.draw.uniform(0.1, 5))
        if kind == "webhook":
            return self.at_webhook(self.draw.randint(1, 60))
        return self.at_growth(
            self.draw.choice(["every.txt", "records.jsonl", "alerts.jsonl", "slow.txt", "rotated/ids.txt"]),
            self.draw.randint(1, 6))

    def after(self, seconds):
        end = time.monotonic() + seconds
        return f"after {seconds:.2f} s", lambda: time.monotonic() >= end

    def at_webhook(self, count):
        arrived = threading.Event()
        target = len(self.receiver.arrivals) + count

        def arrival():
            # Before it is answered, so that the delivery is cut in the middle.
            if len(self.receiver.arrivals) >= target and not arrived.is_set():
                self.watcher.kill()
                arrived.set()

        self.receiver.on_arrival = arrival
        return f"within webhook {count} of this start", arrived.is_set

    def at_growth(self, name, times):
        path = self.watcher.output / name
        sizes = [path.stat().st_size if path.exists() else 0]

        def has_grown():
            size = path.stat().st_size if path.exists() else 0
            if size != sizes[-1]:
                sizes.append(size)
            return len(sizes) > times

        return f"when {name} has changed {times} times", has_grown

    def round(self, number):
        return self.kill(*self.moment(number), within=8)

    def while_listening(self, simulator):
        """Once it has caught up, heard `reconnect` and polls again."""
        def is_polling():
            statistics = simulator.statistics()
            return statistics["faults"].get("reconnect") and statistics["polls_open"]

        return self.kill("while it waits for the doorbell", is_polling, within=60)

    def kill(self, words, condition, within):
        self.watcher.start()
        limit = time.monotonic() + within
        while not condition() and self.watcher.process.poll() is None and time.monotonic() < limit:
            time.sleep(0.0005)
        self.receiver.on_arrival = None
        if time.monotonic() >= limit:
            words += f" (not within {within} s: killed then)"
        self.watcher.kill()
        return words, self.watcher.process.returncode


def main():
    binary = executable(sys.argv[1] if len(sys.argv) > 1 else None)
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    count, kills = int(os.environ.get("EVENTS", "20000")), int(os.environ.get("KILLS", "14"))
    print(f"seed {seed}: {count} events, at least {kills} kills; SEED={seed} repeats it", flush=True)
    draw = random.Random(seed)
    checks = Checks()
    with scratch_folder("crash", checks) as folder:
        events = generated_events(binary, folder, count, seed)
        texts = list(events.values())
        early = count // 5
        (folder / "early.jsonl").write_text("".join(text + "\n" for text in texts[:early]))
        options = [option for kind, chance in FAULTS.items() for option in ("--fault", f"{kind}={chance}")]
        receiver = Receiver(seed)
        simulator = watcher = feeder = None
        try:
            simulator = Simulator(
                binary, folder, "simulator", "--seed", str(seed), "--events", str(folder / "early.jsonl"), *options)
            write_rules(folder / "rules", receiver)
            watcher = Watcher(
                binary, folder, simulator.address, "--calls-per-minute", "0", configuration=CONFIGURATION)
            feeder = Feeder(simulator, texts[early:], seed)
            killer = Killer(watcher, receiver, draw)
            feeder.start()
            killed = 0
            is_last = False
            while not is_last:
                is_last = killed + 1 >= kills and not feeder.is_alive()
                words, status = killer.while_listening(simulator) if is_last else killer.round(killed)
                killed += 1
                if not checks.check(
                    status == -9, f"kill {killed}: {words}", f"it ended with {status}:\n{watcher.last_words()}"):
                    break
            feeder.join()
            if feeder.error:
                raise feeder.error
            checks.check(
                simulator.statistics()["events_held"] == count, f"the simulator holds all {count} events")
            # An empty page is how Box says that nothing is left, and --once takes it at its word.
            simulator.set_fault("empty_zero_position", probability=0)
            status, runs = watcher.drain(300)
            checks.check(status == 0, f"run --once ends with 0 (runs: {runs})", f"{status}:\n{watcher.last_words()}")
            Expectations(checks, events, watcher.output).check_all(watcher, receiver)
            statistics = simulator.statistics()
            faults = statistics["faults"]
            print("faults that happened: " + ", ".join(f"{kind} {times}" for kind, times in faults.items()))
            wanted = {"duplicate", "reorder", "drop", "500"}
            # A watcher that is killed again and again polls now and then only.
            if sum(statistics["requests"].get("realtime", {}).values()) >= 8:
                wanted.add("reconnect")
            missing = wanted - set(faults)
            checks.check(not missing, "duplicates, disorder, drops, 500s and reconnects happened", f"not {missing}")
        finally:
            if feeder:
                feeder.stopping.set()
            for one in (watcher, simulator, receiver):
                if one:
                    one.stop()
    checks.end()


if __name__ == "__main__":
    main()
