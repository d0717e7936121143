"""The simulator and the watcher as processes of their own."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

PROJECT = pathlib.Path(__file__).resolve().parents[2]


def executable(argument=None):
    """The binary: the argument, else BOXWATCH, else the release build of the project, else its debug build."""
    named = argument or os.environ.get("BOXWATCH")
    candidates = [named] if named else [PROJECT / ".build" / kind / "boxwatch" for kind in ("release", "debug")]
    for candidate in map(pathlib.Path, candidates):
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate.resolve())
    print(f"no executable file at {', '.join(map(str, candidates))}: run swift build first", file=sys.stderr)
    sys.exit(66)


@contextlib.contextmanager
def scratch_folder(name, checks):
    """A folder that goes in the end. With KEEP=FOLDER in the environment it is copied there when a check failed."""
    # So that what was started is stopped on SIGTERM too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix=f"boxwatch-{name}-") as folder:
        try:
            yield pathlib.Path(folder)
        finally:
            if (keep := os.environ.get("KEEP")) and checks.failed:
                shutil.copytree(folder, keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("socket", "*.sock"))


def wait_until(condition, limit, what, pause=0.02):
    """Returns what the condition gives once that is true; raises TimeoutError after `limit` seconds."""
    end = time.monotonic() + limit
    while True:
        if found := condition():
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {limit} s")
        time.sleep(pause)


def ask(address, path, value=None):
    """GET, or POST of JSON; gives the decoded answer."""
    body = None
    if value is not None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
    request = urllib.request.Request(address + path, data=body, headers={"Authorization": "Bearer any"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


class Simulator:
    """`boxwatch simulate` on a free port."""

    def __init__(self, binary, scratch, name, *options):
        self.log = pathlib.Path(scratch) / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [binary, "simulate", "--port", "0", *options], stdin=subprocess.DEVNULL, stderr=log)
        try:
            self.address = wait_until(self._address, 60, f"{name} listens")
        except BaseException:
            self.stop()
            raise

    def _address(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the simulator has ended: {self.log.read_text()}")
        lines = [line for line in self.log.read_text().splitlines(True) if line.startswith("listening on ")]
        return lines and lines[0].endswith("\n") and lines[0].split()[2]

    def statistics(self):
        return ask(self.address, "/_simulator/stats")

    def set_fault(self, kind, **frequency):
        """With `probability=0.05` or `count=1`, and maybe `endpoint="events"`."""
        ask(self.address, "/_simulator/faults", {"kind": kind, **frequency})

    def append(self, texts):
        """Adds events, each the JSON text that it is to be served as."""
        ask(self.address, "/_simulator/events", ("[" + ",".join(texts) + "]").encode())

    def stop(self):
        stop(self.process)


def stop(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def generated_events(binary, scratch, count, seed):
    """Events of a simulator's generator as {id: text}, in order."""
    simulator = Simulator(binary, scratch, "generator", "--backlog", str(count), "--seed", str(seed))
    try:
        events, position = {}, "0"
        while True:
            page = ask(simulator.address, f"/2.0/events?stream_type=all&limit=500&stream_position={position}")
            for event in page["entries"]:
                text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
                events[event["event_id"]] = text
            if not page["entries"]:
                break
            position = page["next_stream_position"]
    finally:
        simulator.stop()
    if len(events) != count:
        raise RuntimeError(f"the generator gave {len(events)} events of {count}")
    return events


class Watcher:
    """`boxwatch run` on one folder with its configuration, state, output and rules; one process at a time."""

    def __init__(self, binary, folder, address, *options, configuration=""):
        self.binary, self.folder, self.options = binary, pathlib.Path(folder), options
        self.address = address
        self.state, self.output = self.folder / "state", self.folder / "output"
        self.log = self.folder / "watcher.log"
        self.process = None
        (self.folder / "boxwatch.yaml").write_text(configuration)
        # Client credentials: a token that the simulator revokes can be replaced.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("BOX_")}
        self.environment.update(BOX_CLIENT_ID="proof", BOX_CLIENT_SECRET="proof", BOX_ENTERPRISE_ID="1", NO_COLOR="1")

    def start(self, *more):
        command = [
            self.binary, "run", "--api-url", self.address, "--from", "beginning", "--state", "state",
            "--output", "output", *self.options, *more, "rules",
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self.process

    def kill(self):
        """SIGKILL. Returns false where the watcher had ended by itself."""
        was_running = self.process.poll() is None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return was_running

    def interrupt(self, limit):
        """SIGINT; gives the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(limit)

    def run_once(self, limit):
        """`run --once`; gives the exit code."""
        return self.start("--once").wait(limit)

    def ask(self, *arguments):
        """Another command on the same state: its standard output."""
        return subprocess.run(
            [self.binary, *arguments, "--state", "state"], cwd=self.folder, env=self.environment, check=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60).stdout.decode()

    def drain(self, limit):
        """Runs with --once until no delivery waits for another attempt. Gives the last exit code and the runs it took.

        A delivery that failed in passing waits longer than --once does; the next run makes it.
        """
        end = time.monotonic() + limit
        runs = 0
        while True:
            runs += 1
            status = self.run_once(max(1, end - time.monotonic()))
            if status != 0 or self.waiting() == 0 or time.monotonic() > end:
                return status, runs
            time.sleep(0.2)

    def waiting(self):
        """Deliveries that the ledger holds."""
        return sum(sink["pending"] for sink in json.loads(self.ask("status", "--json"))["sinks"])

    def last_words(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self):
        if self.process:
            stop(self.process)
