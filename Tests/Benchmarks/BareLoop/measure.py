"""Runs boxwatch and the bare loop in turn on one simulator, and prints medians. Called by scripts/bench-run."""
import ctypes
import json
import os
import re
import select
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

BOXWATCH = os.environ["BOXWATCH"]
SCRATCH = os.environ["SCRATCH"]
EVENTS, ROUNDS = int(sys.argv[1]), int(sys.argv[2])
ENVIRONMENT = dict(os.environ, BOX_DEVELOPER_TOKEN="t")

COUNT = """
local counts = {}
box.on("*", function(event)
  local login = event.created_by.login
  local n = (counts[login] or 0) + 1
  counts[login] = n
  if n % 100 == 0 then box.file.append("counts.txt", login .. " " .. n .. "\\n") end
end)
"""
DURABLE = """
box.on("*", function(event)
  local n = box.kv.incr(event.created_by.login)
  if n % 100 == 0 then box.file.append("counts.txt", event.created_by.login .. " " .. n .. "\\n") end
end)
"""
WRITE = 'box.on("*", function(event) box.file.append("ids.txt", event.event_id .. "\\n") end)'


def folder(name, rules=None):
    path = os.path.join(SCRATCH, name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path + "/rules")
    for number, text in enumerate(rules or []):
        with open(f"{path}/rules/r{number}.lua", "w") as file:
            file.write(text)
    return path


class Simulator:
    def __init__(self, backlog):
        self.process = subprocess.Popen(
            [BOXWATCH, "simulate", "--port", "0", "--backlog", str(backlog)], stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found[1])
                return
        sys.exit("the simulator did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def post(self):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/_simulator/events", b'{"event_type":"ITEM_UPLOAD"}', method="POST")
        with urllib.request.urlopen(request) as answer:
            return answer.read()


def run_command(path, port, *more):
    return [BOXWATCH, "run", "--api-url", f"http://127.0.0.1:{port}", "--calls-per-minute", "0", "--state",
            f"{path}/state", "--output", f"{path}/output", *more, f"{path}/rules"]


def timed(command):
    begun = time.monotonic()
    subprocess.run(command, env=ENVIRONMENT, check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - begun


def drain():
    simulator = Simulator(EVENTS)
    rates = {"bare loop": [], "boxwatch, counting in Lua": [], "boxwatch, counting in box.kv": []}
    for _ in range(ROUNDS):
        rates["bare loop"].append(EVENTS / timed([f"{SCRATCH}/bare_loop", str(simulator.port), "drain", f"{SCRATCH}/o"]))
        for name, rule in (("boxwatch, counting in Lua", COUNT), ("boxwatch, counting in box.kv", DURABLE)):
            path = folder("drain", [rule])
            rates[name].append(EVENTS / timed(run_command(path, simulator.port, "--once", "--from", "beginning")))
    simulator.stop()
    print(f"drain of {EVENTS} events, whole process, medians of {ROUNDS}")
    for name, values in rates.items():
        print(f"  {name:30} {statistics.median(values):10,.0f} events/s")


class Changes:
    """Waits for changes in a folder: looking again and again would take one of the cores from what is measured."""

    def __init__(self, folder):
        libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = libc.inotify_init1(os.O_NONBLOCK)
        if self.descriptor < 0 or libc.inotify_add_watch(self.descriptor, folder.encode(), 0x2) < 0:
            sys.exit(f"{folder} cannot be watched: {os.strerror(ctypes.get_errno())}")

    def wait(self, seconds):
        if not select.select([self.descriptor], [], [], seconds)[0]:
            sys.exit("no reaction within ten seconds")
        self.forget()

    def forget(self):
        try:
            while os.read(self.descriptor, 65536):
                pass
        except BlockingIOError:
            pass


def follow(simulator, command, file, events=200):
    """Milliseconds from the injection of an event, over a connection that is open, to its line in the file."""
    os.makedirs(os.path.dirname(file), exist_ok=True)
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    size = lambda: os.path.getsize(file) if os.path.exists(file) else 0
    deadline = time.monotonic() + 30
    while size() == 0 and time.monotonic() < deadline:
        simulator.post()
        time.sleep(0.05)
    time.sleep(1)
    body = b'{"event_type":"ITEM_UPLOAD"}'
    request = b"POST /_simulator/events HTTP/1.1\r\nHost: s\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    connection = socket.create_connection(("127.0.0.1", simulator.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    changes = Changes(os.path.dirname(file))
    times = []
    for _ in range(events):
        changes.forget()
        before = size()
        begun = time.perf_counter()
        connection.sendall(request)
        while size() == before:
            changes.wait(10)
        times.append((time.perf_counter() - begun) * 1000)
        connection.recv(65536)
        time.sleep(0.02)
    connection.close()
    os.close(changes.descriptor)
    process.terminate()
    process.wait()
    return times


def reaction():
    simulator = Simulator(0)
    both = {"bare loop": [], "boxwatch": []}
    for _ in range(ROUNDS):
        output = folder("bare") + "/output/follow.txt"
        both["bare loop"] += follow(simulator, [f"{SCRATCH}/bare_loop", str(simulator.port), "follow", output], output)
        path = folder("follow", [WRITE])
        both["boxwatch"] += follow(simulator, run_command(path, simulator.port), f"{path}/output/ids.txt")
    simulator.stop()
    print(f"reaction, injection to line in the file, {len(both['boxwatch'])} events each")
    for name, times in both.items():
        times.sort()
        print(f"  {name:30} p50 {times[len(times) // 2]:.2f} ms   p99 {times[len(times) * 99 // 100]:.2f} ms")


def cpu_and_memory(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    with open(f"/proc/{pid}/status") as file:
        resident = int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), resident / 1024


def at_rest(seconds=60):
    simulator = Simulator(EVENTS)
    path = folder("rest", [COUNT] + [f'box.on("login", function() box.kv.incr("n{n}") end)' for n in range(9)])
    for name, begin in (("fresh", "now"), (f"after a drain of {EVENTS}", "beginning")):
        shutil.rmtree(f"{path}/state", ignore_errors=True)
        process = subprocess.Popen(
            run_command(path, simulator.port, "--from", begin), env=ENVIRONMENT, stderr=subprocess.DEVNULL)
        time.sleep(10)
        before, _ = cpu_and_memory(process.pid)
        time.sleep(seconds)
        after, resident = cpu_and_memory(process.pid)
        process.terminate()
        process.wait()
        print(f"at rest for {seconds} s, ten rules, {name}: {resident:.1f} MB, {after - before:.2f} s of CPU")
    simulator.stop()


def many_streams(count=200, seconds=60):
    """One process that follows many users' streams: what it costs at rest, and how fast events on all of them are done."""
    simulator = Simulator(0)
    path = folder("streams", ['box.on("*", function(event) box.file.append("ids.txt", event.stream .. "\\n") end)'])
    users = ", ".join(f'"{1000 + number}"' for number in range(count))
    with open(f"{path}/boxwatch.yaml", "w") as file:
        file.write(f"""
accounts: {{ one: {{ auth: developer_token, token: t, api_url: "http://127.0.0.1:{simulator.port}" }} }}
streams: {{ people: {{ account: one, as_user: [{users}] }} }}
budgets: {{ calls_per_minute: 0 }}
""")
    process = subprocess.Popen(
        [BOXWATCH, "run", "--config", f"{path}/boxwatch.yaml", "--state", f"{path}/state", "--output",
         f"{path}/output", f"{path}/rules"], env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    time.sleep(20)
    before, _ = cpu_and_memory(process.pid)
    time.sleep(seconds)
    after, resident = cpu_and_memory(process.pid)
    print(f"{count} streams at rest for {seconds} s: {resident:.1f} MB, {after - before:.2f} s of CPU")
    events = json.dumps([
        {"event_type": "ITEM_UPLOAD", "created_by": {"type": "user", "id": str(1000 + number)}}
        for number in range(count)]).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{simulator.port}/_simulator/events", events, method="POST")
    begun = time.monotonic()
    with urllib.request.urlopen(request) as answer:
        answer.read()
    done = lambda: open(f"{path}/output/ids.txt").read().count("\n") if os.path.exists(f"{path}/output/ids.txt") else 0
    while done() < count and time.monotonic() - begun < 60:
        time.sleep(0.005)
    print(f"{count} streams, an event on each: {done()} lines in the file after {time.monotonic() - begun:.2f} s")
    process.terminate()
    process.wait()
    simulator.stop()


drain()
reaction()
at_rest(int(os.environ.get("REST_SECONDS", "60")))
many_streams(seconds=int(os.environ.get("REST_SECONDS", "60")))
