#!/usr/bin/env python3
"""Runs Box's Python SDK 10 (package boxsdk, module box_sdk_gen) as a client of a running simulator, and compares with
plain HTTP.

Usage: box_sdk_10.py [--with-faults] BASE_URL

--with-faults: the simulator runs with the faults 500, 429 and duplicate. Only pages are fetched then: the SDK's event
stream waits five seconds after each failure.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from box_sdk_gen import (
    BaseUrls, BoxAPIError, BoxCCGAuth, BoxClient, BoxDeveloperTokenAuth, BoxRetryStrategy, CCGConfig, NetworkSession,
)
from box_sdk_gen.managers.events import GetEventsEventType, GetEventsStreamType, GetEventStreamQueryParams

from conformance import (
    STREAMS, TOKEN, Checks, Event, Listener, Simulator, comment, distinct, drain, ids, require_pages, require_same,
    upload,
)


class Connection:
    """Makes clients of the simulator."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def session(self) -> NetworkSession:
        # Backs off for milliseconds where the SDK would for seconds. `Retry-After` is obeyed all the same.
        return NetworkSession(
            base_urls=BaseUrls(base_url=self._base_url, oauth_2_url=f"{self._base_url}/oauth2"),
            retry_strategy=BoxRetryStrategy(retry_base_interval=0.02),
        )

    def client(self) -> BoxClient:
        return BoxClient(auth=BoxDeveloperTokenAuth(token=TOKEN), network_session=self.session())

    def client_with_credentials(self, config: CCGConfig) -> BoxClient:
        return BoxClient(auth=BoxCCGAuth(config=config), network_session=self.session())


def drained(client: BoxClient, stream: str, limit: int = 100, **parameters: Any) -> list[Event]:
    """Every event of a stream, as the SDK received it. What the SDK made of it is compared with that."""

    def fetch(position: str) -> tuple[list[Event], Any]:
        page = client.events.get_events(
            stream_type=GetEventsStreamType(stream), stream_position=position, limit=limit, **parameters)
        originals = page.raw_data["entries"]
        assert page.chunk_size == len(page.entries) == len(originals) <= limit, f"chunk_size {page.chunk_size}"
        for event, original in zip(page.entries, originals):
            require_understood(event, original)
        return originals, page.next_stream_position

    return drain(fetch)


def require_understood(event: Any, original: Event) -> None:
    place = f"event {original['event_id']}"
    assert event.event_id == original["event_id"], place
    event_type = getattr(event.event_type, "value", event.event_type)
    assert event_type == original["event_type"], f"{place}: type {event_type}"
    assert event.created_at == datetime.fromisoformat(original["created_at"]), f"{place}: created at {event.created_at}"
    assert event.created_by.id == original["created_by"]["id"], f"{place}: created by {event.created_by}"
    source = original.get("source")
    kind = type(event.source).__name__
    # The classes that the SDK has for what users work with; for the rest it keeps the JSON.
    if source and "item_type" in source:
        assert kind == "EventSource" and event.source.item_id == source["item_id"], f"{place}: source is a {kind}"
    elif source and source.get("type") in ("file", "folder"):
        assert kind.lower() == source["type"] and event.source.id == source["id"], f"{place}: source is a {kind}"


@contextmanager
def refused(status: int) -> Iterator[None]:
    try:
        yield
    except BoxAPIError as error:
        actual = error.response_info.status_code
        assert actual == status, f"status {actual}, expected {status}"
    else:
        raise AssertionError(f"not refused, status {status} was expected")


def check_paging(checks: Checks, simulator: Simulator, connection: Connection, with_faults: bool) -> None:
    met: Counter[str] = Counter()
    suffix = ", under faults" if with_faults else ""
    for stream in STREAMS:
        with checks.check(f"SDK 10: all pages of {stream}{suffix}"):
            before = simulator.faults()
            delivered = drained(connection.client(), stream)
            met += simulator.faults() - before
            require_pages(stream, delivered, simulator, may_repeat=with_faults)
    if with_faults:
        with checks.check("SDK 10: the faults 500, 429 and duplicate happened to the SDK"):
            assert all(met[kind] > 0 for kind in ("500", "429", "duplicate")), dict(met)


def check_filters(checks: Checks, simulator: Simulator, connection: Connection) -> None:
    history = simulator.events("admin_logs")
    times = [datetime.fromisoformat(event["created_at"]) for event in history]
    first, last = times[len(times) // 3], times[2 * len(times) // 3]

    for zone in (timezone.utc, timezone(timedelta(hours=5, minutes=30))):
        with checks.check(f"SDK 10: admin_logs between two times, told in {zone}"):
            found = drained(
                connection.client(), "admin_logs",
                created_after=first.astimezone(zone), created_before=last.astimezone(zone))
            expected = [event for event, time in zip(history, times) if first <= time <= last]
            require_same(ids(found), ids(expected))

    for stream in ("admin_logs", "admin_logs_streaming"):
        with checks.check(f"SDK 10: {stream} of two event types"):
            found = drained(
                connection.client(), stream, event_type=[GetEventsEventType.UPLOAD, GetEventsEventType.DOWNLOAD])
            expected = [event for event in history if event["event_type"] in ("UPLOAD", "DOWNLOAD")]
            assert 0 < len(expected) < len(history), "the types filter nothing"
            require_same(ids(found), ids(expected))


def check_positions(checks: Checks, simulator: Simulator, connection: Connection) -> None:
    events = connection.client().events

    for stream in STREAMS:
        with checks.check(f"SDK 10: position `now` of {stream}: what is added later comes after it"):
            page = events.get_events(stream_type=GetEventsStreamType(stream), stream_position="now")
            position = page.next_stream_position
            assert page.entries == [], "a page at `now` has events"
            assert isinstance(position, str) == (stream == "admin_logs"), f"the position is {position!r}"
            event_type = "UPLOAD" if stream.startswith("admin_logs") else "ITEM_UPLOAD"
            added = simulator.inject([{**upload("later.txt"), "event_type": event_type}])
            page = events.get_events(stream_type=GetEventsStreamType(stream), stream_position=str(position))
            require_same([event.event_id for event in page.entries], added)
            assert int(page.next_stream_position) > int(position), "the position did not grow"

    with checks.check("SDK 10: get_events_with_long_polling"):
        servers = events.get_events_with_long_polling()
        assert servers.chunk_size == len(servers.entries) == 1, servers.to_dict()
        server = servers.entries[0]
        assert server.type == "realtime_server" and server.url.startswith(simulator.base_url), server.to_dict()
        assert int(server.ttl) > 0 and int(server.max_retries) > 0 and server.retry_timeout > 0, server.to_dict()

    with checks.check("SDK 10: a malformed position is refused"):
        with refused(400):
            events.get_events(stream_position="yesterday")


def check_users(checks: Checks, simulator: Simulator, connection: Connection) -> None:
    with checks.check("SDK 10: users.get_user_me"):
        user = connection.client().users.get_user_me()
        assert user.id and "@" in user.login, user.to_dict()

    everything = simulator.events("all")
    user_id = everything[0]["created_by"]["id"]
    expected = simulator.events("all", user=user_id)
    with checks.check("SDK 10: with_as_user_header shows that user's events"):
        assert 0 < len(expected) < len(everything), "the user sees nothing, or everything"
        own = drained(connection.client().with_as_user_header(user_id), "all")
        require_same(ids(distinct(own)), ids(expected))

    with checks.check("SDK 10: client credentials of a user show that user's events"):
        client = connection.client_with_credentials(CCGConfig("client", "secret", user_id=user_id))
        require_same(ids(distinct(drained(client, "all"))), ids(expected))

    with checks.check("SDK 10: client credentials of an enterprise, and a new token when the old one expires"):
        config = CCGConfig("client", "secret", enterprise_id="1")
        client = connection.client_with_credentials(config)
        assert client.events.get_events(limit=5).entries, "no events"
        first_token = config.token_storage.get()
        assert first_token.token_type == "bearer" and first_token.expires_in > 0, first_token.to_dict()
        simulator.order_fault("expire_token", 1)
        assert client.events.get_events(limit=5).entries, "no events after the token expired"
        assert config.token_storage.get().access_token != first_token.access_token, "no new token was asked for"

    with checks.check("SDK 10: empty client credentials are refused"):
        with refused(400):
            connection.client_with_credentials(CCGConfig("", "", enterprise_id="1")).users.get_user_me()


def check_event_stream(checks: Checks, simulator: Simulator, connection: Connection) -> None:
    stream = connection.client().events.get_event_stream()
    with checks.check("SDK 10: get_event_stream waits"):
        listener = Listener("all", stream)
        simulator.wait_until_polled()

    with checks.check("SDK 10: get_event_stream delivers what is injected"):
        listener.require(simulator.inject([upload("first.txt"), comment("second")]))
        simulator.wait_until_polled()
        listener.require(simulator.inject([upload("third.txt")]))

    with checks.check("SDK 10: get_event_stream delivers 250 events at once, over several pages"):
        simulator.wait_until_polled()
        listener.require(simulator.inject([upload(f"{number}.txt") for number in range(250)]))

    with checks.check("SDK 10: get_event_stream goes on after reconnect and max_retries"):
        simulator.wait_until_polled()
        simulator.order_fault("reconnect", 1)
        simulator.order_fault("max_retries", 1)
        listener.require(simulator.inject([upload("before.txt")]))
        simulator.wait_until_polled(faults={"reconnect": 1, "max_retries": 1})
        listener.require(simulator.inject([upload("after.txt")]))
    stream.stop()

    # The SDK polls a server once and then `max_retries` times more before it asks for another one, and where the server
    # does not take that many it repeats the poll without end. It forgets what it delivered after 1000 events.
    with checks.check("SDK 10: get_event_stream from a position, in more polls than one server takes"):
        simulator.reset()
        position = simulator.latest_position("all")
        expected = simulator.inject([upload(f"{number}.txt") for number in range(700)])
        parameters = GetEventStreamQueryParams(stream_position=position, limit=50)
        stream = connection.client().events.get_event_stream(query_params=parameters)
        Listener("all", stream).require(expected)
        asked = simulator.statistics()["requests"]
        assert asked["options"]["200"] > 1, "one server took all polls"
        polls = asked["realtime"]["200"]
        assert polls < 2 * asked["events"]["200"], f"{polls} polls for {asked['events']['200']} pages"
    stream.stop()


def main(arguments: list[str]) -> int:
    with_faults = "--with-faults" in arguments
    addresses = [argument for argument in arguments if not argument.startswith("--")]
    if len(addresses) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    simulator = Simulator(addresses[0])
    connection = Connection(simulator.base_url)

    checks = Checks(seconds=20)
    simulator.reset()
    check_paging(checks, simulator, connection, with_faults)
    if not with_faults:
        check_filters(checks, simulator, connection)
        check_positions(checks, simulator, connection)
        check_users(checks, simulator, connection)
        check_event_stream(checks, simulator, connection)
    return checks.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
