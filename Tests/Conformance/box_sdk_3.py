#!/usr/bin/env python3
"""Runs Box's Python SDK 3 (package boxsdk) as a client of a running simulator, and compares with plain HTTP.

Usage: box_sdk_3.py [--with-faults] BASE_URL

--with-faults: the simulator runs with the faults 500, 429 and duplicate. Only pages are fetched then: the token
request is not retried by the SDK, and an OPTIONS that fails ends the SDK's long polling.
"""

import logging
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from boxsdk import CCGAuth, Client, OAuth2
from boxsdk.config import API
from boxsdk.exception import BoxAPIException, BoxOAuthException
from boxsdk.object.events import UserEventsStreamType
from boxsdk.session.session import AuthorizedSession

from conformance import (
    STREAMS, TOKEN, Checks, Event, Listener, Simulator, comment, distinct, drain, ids, require_pages, require_same,
    upload,
)

USER_STREAMS = [UserEventsStreamType.ALL, UserEventsStreamType.CHANGES, UserEventsStreamType.SYNC]


class ImpatientSession(AuthorizedSession):
    """Backs off for milliseconds where the SDK would for seconds. `Retry-After` is obeyed all the same."""

    _retry_base_interval = 0.02


def developer_client() -> Client:
    oauth = OAuth2(client_id=None, client_secret=None, access_token=TOKEN)
    return Client(oauth, session=ImpatientSession(oauth))


def plain(value: Any) -> Any:
    """The JSON that the SDK made its objects of."""
    if hasattr(value, "response_object"):
        value = value.response_object
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    return value


def pages(client: Client, stream: str, limit: int = 100) -> list[Event]:
    """Every event of a stream, by the method that the SDK has for it."""
    endpoint = client.events()

    def fetch(position: str) -> tuple[list[Event], Any]:
        if stream == "admin_logs":
            page = endpoint.get_admin_events(limit=limit, stream_position=position)
        elif stream == "admin_logs_streaming":
            page = endpoint.get_admin_events_streaming(limit=limit, stream_position=position)
        else:
            page = endpoint.get_events(limit=limit, stream_position=position, stream_type=stream)
        assert len(page["entries"]) <= limit, f"a page of {len(page['entries'])} events for limit {limit}"
        for event in page["entries"]:
            assert type(event).__name__ == "Event", f"the SDK takes an event for a {type(event).__name__}"
        return [plain(event) for event in page["entries"]], page["next_stream_position"]

    return drain(fetch)


@contextmanager
def refused(status: int) -> Iterator[None]:
    try:
        yield
    except (BoxAPIException, BoxOAuthException) as error:
        assert error.status == status, f"status {error.status}, expected {status}"
    else:
        raise AssertionError(f"not refused, status {status} was expected")


def check_paging(checks: Checks, simulator: Simulator, with_faults: bool) -> None:
    met: Counter[str] = Counter()
    suffix = ", under faults" if with_faults else ""
    for stream in STREAMS:
        with checks.check(f"SDK 3: all pages of {stream}{suffix}"):
            before = simulator.faults()
            delivered = pages(developer_client(), stream)
            met += simulator.faults() - before
            require_pages(stream, delivered, simulator, may_repeat=with_faults)
    if with_faults:
        with checks.check("SDK 3: the faults 500, 429 and duplicate happened to the SDK"):
            assert all(met[kind] > 0 for kind in ("500", "429", "duplicate")), dict(met)


def check_filters(checks: Checks, simulator: Simulator) -> None:
    endpoint = developer_client().events()
    history = simulator.events("admin_logs")
    times = [datetime.fromisoformat(event["created_at"]) for event in history]
    first, last = times[len(times) // 3], times[2 * len(times) // 3]

    for zone in (timezone.utc, timezone(timedelta(hours=5, minutes=30))):
        with checks.check(f"SDK 3: get_admin_events between two times, told in {zone}"):
            def fetch(position: str) -> tuple[list[Event], Any]:
                page = endpoint.get_admin_events(
                    limit=100, stream_position=position,
                    created_after=first.astimezone(zone), created_before=last.astimezone(zone),
                )
                return [plain(event) for event in page["entries"]], page["next_stream_position"]

            expected = [event for event, time in zip(history, times) if first <= time <= last]
            require_same(ids(drain(fetch)), ids(expected))

    wanted = ["UPLOAD", "DOWNLOAD"]
    for method in (endpoint.get_admin_events, endpoint.get_admin_events_streaming):
        with checks.check(f"SDK 3: {method.__name__} of two event types"):
            def fetch_types(position: str) -> tuple[list[Event], Any]:
                page = method(limit=100, stream_position=position, event_types=wanted)
                return [plain(event) for event in page["entries"]], page["next_stream_position"]

            expected = [event for event in history if event["event_type"] in wanted]
            assert 0 < len(expected) < len(history), "the types filter nothing"
            require_same(ids(drain(fetch_types)), ids(expected))


def check_positions(checks: Checks, simulator: Simulator) -> None:
    for stream in USER_STREAMS:
        with checks.check(f"SDK 3: get_latest_stream_position of {stream}: what is added later comes after it"):
            endpoint = developer_client().events()
            position = endpoint.get_latest_stream_position(stream_type=stream)
            assert isinstance(position, int), f"a {type(position).__name__}, and no number"
            assert endpoint.get_events(stream_position=position, stream_type=stream)["entries"] == []
            added = simulator.inject([upload("later.txt")])
            page = endpoint.get_events(stream_position=position, stream_type=stream)
            require_same([event.event_id for event in page["entries"]], added)
            assert page["next_stream_position"] > position, "the position did not grow"

    with checks.check("SDK 3: get_long_poll_options of the user streams"):
        urls = set()
        for stream in USER_STREAMS:
            server = developer_client().events().get_long_poll_options(stream_type=stream)
            assert server["type"] == "realtime_server", server
            assert server["url"].startswith(simulator.base_url) and f"stream_type={stream}" in server["url"], server
            assert int(server["ttl"]) > 0 and int(server["max_retries"]) > 0 and server["retry_timeout"] > 0, server
            urls.add(server["url"])
        assert len(urls) == len(USER_STREAMS), "two answers share a channel"

    with checks.check("SDK 3: get_long_poll_options of an enterprise stream is refused"):
        with refused(400):
            developer_client().events().get_long_poll_options(stream_type="admin_logs")

    with checks.check("SDK 3: a malformed position is refused"):
        with refused(400):
            developer_client().events().get_events(stream_position="yesterday")


def check_users(checks: Checks, simulator: Simulator) -> None:
    with checks.check("SDK 3: user().get()"):
        user = developer_client().user().get()
        assert user.type == "user" and user.id and "@" in user.login, plain(user)

    with checks.check("SDK 3: as_user() shows that user's events"):
        everything = simulator.events("all")
        user_id = everything[0]["created_by"]["id"]
        client = developer_client()
        own = pages(client.as_user(client.user(user_id)), "all")
        expected = simulator.events("all", user=user_id)
        assert 0 < len(expected) < len(everything), "the user sees nothing, or everything"
        require_same(ids(distinct(own)), ids(expected))


def check_credentials(checks: Checks, simulator: Simulator) -> None:
    with checks.check("SDK 3: client credentials, and a new token when the old one expires"):
        auth = CCGAuth(client_id="client", client_secret="secret", enterprise_id="1")
        client = Client(auth)
        assert client.events().get_events(limit=5)["entries"], "no events"
        first_token = auth.access_token
        simulator.order_fault("expire_token", 1)
        assert client.events().get_events(limit=5)["entries"], "no events after the token expired"
        assert first_token and auth.access_token and auth.access_token != first_token, "no new token was asked for"

    with checks.check("SDK 3: empty client credentials are refused"):
        with refused(400):
            CCGAuth(client_id="", client_secret="", enterprise_id="1").authenticate_instance()


def check_long_polling(checks: Checks, simulator: Simulator) -> None:
    # The streams listen at the same time: an event must ring only where it is shown.
    positions = {str(stream): simulator.latest_position(stream) for stream in USER_STREAMS}
    listeners: list[Listener] = []

    def require_shown(shown: dict[str, list[str]]) -> None:
        for listener in listeners:
            expected = shown[listener.name]
            require_same(ids(simulator.events(listener.name, positions[listener.name])), expected, "events over HTTP")
            listener.require(expected)
            positions[listener.name] = simulator.latest_position(listener.name)

    def require_everywhere(injected: list[str]) -> None:
        require_shown({listener.name: injected for listener in listeners})

    with checks.check("SDK 3: generate_events_with_long_polling waits on all, changes and sync"):
        for stream in USER_STREAMS:
            events = developer_client().events().generate_events_with_long_polling(stream_type=stream)
            listeners.append(Listener(str(stream), events))
        simulator.wait_until_polled(len(listeners))

    with checks.check("SDK 3: generate_events_with_long_polling delivers what is injected, on the streams it is for"):
        uploaded, commented, last = simulator.inject([upload("first.txt"), comment("for all"), upload("last.txt")])
        require_shown({
            "all": [uploaded, commented, last], "changes": [uploaded, last], "sync": [uploaded, last],
        })

    with checks.check("SDK 3: generate_events_with_long_polling delivers 250 events at once, over several pages"):
        simulator.wait_until_polled(len(listeners))
        require_everywhere(simulator.inject([upload(f"{number}.txt") for number in range(250)]))

    with checks.check("SDK 3: generate_events_with_long_polling goes on after reconnect and max_retries"):
        simulator.wait_until_polled(len(listeners))
        simulator.order_fault("reconnect", 2)
        simulator.order_fault("max_retries", 2)
        require_everywhere(simulator.inject([upload("before.txt")]))
        simulator.wait_until_polled(len(listeners), faults={"reconnect": 2, "max_retries": 2})
        require_everywhere(simulator.inject([upload("after.txt")]))

    with checks.check("SDK 3: generate_events_with_long_polling from position 0 delivers the backlog"):
        events = developer_client().events().generate_events_with_long_polling(stream_position=0)
        Listener("all", events).require(ids(simulator.events("all")))


def main(arguments: list[str]) -> int:
    with_faults = "--with-faults" in arguments
    addresses = [argument for argument in arguments if not argument.startswith("--")]
    if len(addresses) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    # Each retry is a warning with the whole answer.
    logging.getLogger("boxsdk").setLevel(logging.ERROR)
    warnings.simplefilter("ignore", DeprecationWarning)
    simulator = Simulator(addresses[0])
    API.BASE_API_URL = f"{simulator.base_url}/2.0"
    API.OAUTH2_API_URL = f"{simulator.base_url}/oauth2"

    checks = Checks(seconds=20)
    simulator.reset()
    check_paging(checks, simulator, with_faults)
    if not with_faults:
        check_filters(checks, simulator)
        check_positions(checks, simulator)
        check_users(checks, simulator)
        check_credentials(checks, simulator)
        check_long_polling(checks, simulator)
    return checks.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
