"""What the checks with Box's SDKs share: one line per check, a deadline, and plain HTTP to compare with."""

import json
import queue
import signal
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

STREAMS = ["all", "changes", "sync", "admin_logs", "admin_logs_streaming"]
TOKEN = "conformance"
# A listener that has not delivered within this time never will: the simulator answers polls at once.
PATIENCE_SECONDS = 8.0

Event = dict[str, Any]


class OutOfTime(BaseException):
    """No `Exception`, because the SDKs swallow those in places."""


class Checks:
    """Runs checks, prints a line for each, and keeps the whole within a time."""

    def __init__(self, seconds: int) -> None:
        self.failed = 0
        self._seconds = seconds
        signal.signal(signal.SIGALRM, self._run_out)
        signal.alarm(seconds)

    def _run_out(self, *_: object) -> None:
        raise OutOfTime(f"not done after {self._seconds} s")

    @contextmanager
    def check(self, description: str) -> Iterator[None]:
        try:
            yield
        except OutOfTime as error:
            self._fail(description, error)
            raise SystemExit(1) from None
        except Exception as error:
            self._fail(description, error)
        else:
            print(f"ok: {description}", flush=True)

    def _fail(self, description: str, error: BaseException) -> None:
        self.failed += 1
        message = str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
        print(f"FAILED: {description}: {message}", flush=True)

    @property
    def exit_code(self) -> int:
        return 1 if self.failed else 0


class Simulator:
    """The simulator as plain HTTP shows it, without any SDK."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")

    def request(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base_url + path, method=method, data=data, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()

    def _control(self, method: str, path: str, body: object = None) -> Any:
        status, answer = self.request(method, f"/_simulator/{path}", body)
        assert status in (200, 201), f"{method} /_simulator/{path}: status {status}: {answer}"
        return answer

    def reset(self) -> None:
        self._control("POST", "reset")

    def statistics(self) -> dict[str, Any]:
        return self._control("GET", "stats")

    def faults(self) -> Counter[str]:
        """How often each fault has happened."""
        return Counter(self.statistics()["faults"])

    def inject(self, events: list[Event]) -> list[str]:
        return self._control("POST", "events", events)["event_ids"]

    def order_fault(self, kind: str, count: int) -> None:
        self._control("POST", "faults", {"kind": kind, "count": count})

    def page(self, stream: str, position: str = "0", user: str | None = None, **parameters: str) -> dict[str, Any]:
        """One page, asked for again while faults stand in its way."""
        query = urlencode({"stream_type": stream, "stream_position": position, "limit": "500", **parameters})
        headers = {"Authorization": f"Bearer {TOKEN}"} | ({"As-User": user} if user else {})
        status, answer = 0, None
        for _ in range(20):
            status, answer = self.request("GET", f"/2.0/events?{query}", headers=headers)
            if status not in (429, 500):
                break
        assert status == 200, f"GET /2.0/events?{query}: status {status}: {answer}"
        return answer

    def events(self, stream: str, position: str = "0", user: str | None = None, **parameters: str) -> list[Event]:
        """Every event of a stream once, in the order of its first appearance."""

        def fetch(position: str) -> tuple[list[Event], Any]:
            page = self.page(stream, position, user, **parameters)
            return page["entries"], page["next_stream_position"]

        return distinct(drain(fetch, position))

    def latest_position(self, stream: str) -> str:
        return str(self.page(stream, "now")["next_stream_position"])

    def wait_until_polled(self, listeners: int = 1, faults: dict[str, int] | None = None) -> None:
        """Returns when so many long polls wait, and so many faults have happened."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            seen = self.statistics()
            reached = all(seen["faults"].get(kind, 0) >= count for kind, count in (faults or {}).items())
            if seen["polls_open"] == listeners and reached:
                return
            assert time.monotonic() < deadline, (
                f"{seen['polls_open']} long polls wait, expected {listeners}; faults so far: {seen['faults']}"
            )
            time.sleep(0.02)


def drain(fetch: Any, position: str = "0") -> list[Any]:
    """Pages until a page brings no event or does not move on: all events as they came, repeated ones too."""
    events: list[Any] = []
    for _ in range(1000):
        entries, following = fetch(position)
        events += entries
        if not entries or str(following) == position:
            return events
        position = str(following)
    raise AssertionError("no end after 1000 pages")


def distinct(events: Iterable[Event]) -> list[Event]:
    """Each event once, where it came first."""
    first: dict[str, Event] = {}
    for event in events:
        first.setdefault(event["event_id"], event)
    return list(first.values())


def ids(events: Iterable[Event]) -> list[str]:
    return [event["event_id"] for event in events]


def require_same(actual: list[Any], expected: list[Any], what: str = "events") -> None:
    """Both lists are equal, or an AssertionError tells where they part."""
    if actual == expected:
        return
    missing = [item for item in expected if item not in actual]
    surplus = [item for item in actual if item not in expected]
    if missing or surplus:
        detail = f"missing {missing[:3]}, not expected {surplus[:3]}"
    elif len(actual) != len(expected):
        detail = "some came more than once"
    else:
        at = next(index for index, pair in enumerate(zip(actual, expected)) if pair[0] != pair[1])
        detail = f"another order from number {at + 1} on"
    raise AssertionError(f"{len(actual)} {what}, expected {len(expected)}: {detail}")


def require_pages(stream: str, delivered: list[Event], simulator: Simulator, may_repeat: bool = False) -> None:
    """An SDK's events of a whole stream are those of plain HTTP: same ids, same order, same members."""
    expected = simulator.events(stream)
    assert expected, "plain HTTP shows no events"
    held = simulator.statistics()["enterprise_events_held" if stream.startswith("admin_logs") else "user_events_held"]
    if stream not in ("changes", "sync"):
        assert len(expected) == held, f"plain HTTP shows {len(expected)} events, {held} are held"
    unique = distinct(delivered)
    require_same(ids(unique), ids(expected))
    for event, original in zip(unique, expected):
        assert event == original, f"event {event['event_id']} is not what plain HTTP shows: {event} for {original}"
    if stream == "admin_logs":
        times = [event["created_at"] for event in expected]
        # All in one zone, which changes its offset twice a year.
        if len({time[-6:] for time in times}) == 1:
            assert times == sorted(times), "the history is not chronological"
        if not may_repeat:
            require_same(ids(delivered), ids(expected))


class Listener:
    """Takes events from an endless iterator in a thread of its own."""

    def __init__(self, name: str, events: Iterable[Any]) -> None:
        self.name = name
        self._events = events
        self._arrived: queue.Queue[Any] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            for event in self._events:
                self._arrived.put(event.event_id)
            self._arrived.put(RuntimeError("the SDK ended the stream"))
        except Exception as error:
            self._arrived.put(error)

    def require(self, expected: list[str]) -> None:
        """The next events are exactly these."""
        arrived: list[str] = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(arrived) < len(expected):
            try:
                item = self._arrived.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if isinstance(item, Exception):
                raise AssertionError(f"{self.name}: {type(item).__name__}: {item}") from item
            arrived.append(item)
        require_same(arrived, expected, f"events on {self.name}")
        assert self._arrived.empty(), f"{self.name}: more than was expected: {self._arrived.get()}"


def upload(name: str) -> Event:
    """A user event of the file tree, for all three user streams."""
    return {"event_type": "ITEM_UPLOAD", "source": {"type": "file", "id": "4711", "name": name, "synced": True}}


def comment(text: str) -> Event:
    """A user event for the stream `all` only."""
    return {"event_type": "COMMENT_CREATE", "source": {"type": "comment", "id": "4712", "message": text}}
