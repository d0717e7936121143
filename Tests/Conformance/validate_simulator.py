#!/usr/bin/env python3
"""Validates the answers of a running simulator against Box's OpenAPI specification.

Usage: validate_simulator.py BASE_URL openapi-events.json

Exit code 0: every answer conforms. 1: some do not; each is told with its place. 2: nothing could be validated.
"""

import json
import sys
import urllib.error
import urllib.request
from collections import Counter

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

STREAMS = ["all", "changes", "sync", "admin_logs", "admin_logs_streaming"]
TOKEN = "conformance"

# Where Box's own answers, as fixtures and guides show them, are wider than the specification.
DEVIATIONS = {
    "Event.event_type": "an open set: 'the list is not exhaustive'",
    "Event.session_id": "null on most enterprise events",
    "Event.additional_details": "null on most enterprise events",
    "Event.source": "null for SHIELD_ALERT; the oneOf never holds, because GenericSource admits every object, so the "
    "source is validated against the one schema that its members name",
    "EventSource.item_type": "also web_link (box-windows-sdk-v2#504)",
    "shared_link.accessed": "required by the specification, which names the member itself `access`",
    "ClientError.code": "an open set: rate_limit_exceeded is not in the enumeration",
}


def translated(schema):
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a type of its own."""
    if isinstance(schema, list):
        return [translated(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    # `nullable` stands on one part of an `allOf` and means the whole.
    parts = schema.get("allOf", [])
    nullable = any(part.get("nullable") is True for part in [schema, *parts])
    if parts:
        schema = {**schema, "allOf": [{k: v for k, v in part.items() if k != "nullable"} for part in parts]}
    if "accessed" in schema.get("required", []):
        schema = {**schema, "required": ["access" if name == "accessed" else name for name in schema["required"]]}
    result = {
        key: {name: translated(part) for name, part in value.items()}
        if key in ("properties", "schemas")
        else translated(value)
        for key, value in schema.items()
        if key != "nullable"
    }
    return {"anyOf": [result, {"type": "null"}]} if nullable else result


def load(path):
    with open(path, encoding="utf-8") as file:
        specification = json.load(file)
    schemas = specification["components"]["schemas"]
    event = schemas["Event"]["properties"]
    event["event_type"] = {"type": "string", "minLength": 1}
    event["session_id"]["nullable"] = True
    event["additional_details"]["nullable"] = True
    event["source"] = {"type": "object", "nullable": True}
    schemas["EventSource"]["properties"]["item_type"]["enum"].append("web_link")
    schemas["ClientError"]["properties"]["code"] = {"type": "string", "minLength": 1}
    contents = {"components": translated({"schemas": schemas})}
    registry = Registry().with_resource("urn:box", Resource.from_contents(contents, DRAFT202012))
    return {
        name: Draft202012Validator({"$ref": f"urn:box#/components/schemas/{name}"}, registry=registry)
        for name in schemas
    }


def source_schema(source):
    """The name of the schema that a source's members name."""
    if "item_type" in source:
        return "EventSource"
    if source.get("type") == "user":
        # Box's guide shows a user whose id is a number; the specification wants text.
        return "User" if isinstance(source.get("id"), str) else "GenericSource"
    return {"file": "File", "folder": "Folder", "web_link": "WebLink", "app_item": "AppItemEventSource"}.get(
        source.get("type"), "GenericSource"
    )


class Check:
    def __init__(self, base, schemas):
        self.base = base.rstrip("/")
        self.schemas = schemas
        self.problems = []
        self.counts = Counter()
        self.sources = Counter()
        self.types = set()

    def fetch(self, method, path, token=TOKEN, body=None):
        request = urllib.request.Request(self.base + path, method=method, data=body)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    def problem(self, place, message):
        self.problems.append(f"{place}: {message}")

    def conforms(self, name, value, place):
        self.counts[name] += 1
        for error in self.schemas[name].iter_errors(value):
            self.problem(place, f"{name}: {error.json_path}: {error.message[:300]}")

    def answer(self, method, path, status, name, **rest):
        code, headers, body = self.fetch(method, path, **rest)
        place = f"{method} {path}"
        if code != status:
            self.problem(place, f"status {code}, expected {status}")
        if not headers.get("box-request-id"):
            self.problem(place, "no box-request-id")
        if not name:
            return body
        if headers.get("content-type") != "application/json":
            self.problem(place, f"content-type {headers.get('content-type')}")
        value = json.loads(body)
        self.conforms(name, value, place)
        return value

    def events(self, stream):
        position = "0"
        while True:
            path = f"/2.0/events?stream_type={stream}&limit=500&stream_position={position}"
            page = self.answer("GET", path, 200, "Events")
            if page["chunk_size"] != len(page["entries"]):
                self.problem(path, f"chunk_size {page['chunk_size']} for {len(page['entries'])} events")
            for event in page["entries"]:
                self.event(stream, event)
            following = page["next_stream_position"]
            if isinstance(following, str) != (stream == "admin_logs"):
                self.problem(path, f"next_stream_position is a {type(following).__name__}")
            if not page["entries"] or str(following) == position:
                return
            position = str(following)

    def event(self, stream, event):
        place = f"{stream} {event.get('event_type')} {event.get('event_id')}"
        is_enterprise = stream.startswith("admin_logs")
        wanted = {"type", "event_id", "event_type", "created_at", "created_by", "session_id"}
        wanted |= {"ip_address", "action_by", "additional_details"} if is_enterprise else {"recorded_at"}
        missing = wanted - event.keys()
        if missing:
            self.problem(place, f"without {', '.join(sorted(missing))}")
        self.types.add(event.get("event_type"))
        source = event.get("source")
        if isinstance(source, dict):
            name = source_schema(source)
            self.sources[name] += 1
            self.conforms(name, source, place)

    def everything(self):
        for stream in STREAMS:
            self.events(stream)
            self.answer("GET", f"/2.0/events?stream_type={stream}&stream_position=now", 200, "Events")
            self.answer("GET", f"/2.0/events?stream_type={stream}&stream_position=x", 400, "ClientError")
        for stream in STREAMS:
            path = f"/2.0/events?stream_type={stream}"
            if stream.startswith("admin_logs"):
                self.answer("OPTIONS", path, 400, "ClientError")
            else:
                self.answer("OPTIONS", path, 200, "RealtimeServers")
        self.answer("OPTIONS", "/2.0/events", 200, "RealtimeServers")
        self.answer("GET", "/2.0/users/me", 200, "User")
        self.answer("GET", "/2.0/nothing", 404, "ClientError")
        self.answer("DELETE", "/2.0/events", 405, "ClientError")
        self.answer("GET", "/realtime/subscribe?channel=0", 404, "ClientError")
        for method, path in [("GET", "/2.0/events"), ("OPTIONS", "/2.0/events"), ("GET", "/2.0/users/me")]:
            if self.answer(method, path, 401, None, token=None):
                self.problem(f"{method} {path}", "401 with a body")
        for status in (429, 500, 503):
            order = json.dumps({"kind": str(status), "count": 1, "endpoint": "events"}).encode()
            self.fetch("POST", "/_simulator/faults", body=order)
            self.answer("GET", "/2.0/events", status, "ClientError")


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    check = Check(arguments[0], load(arguments[1]))
    check.everything()
    for problem in check.problems[:50]:
        print(problem)
    if len(check.problems) > 50:
        print(f"… and {len(check.problems) - 50} more")
    # A validation that saw nothing has not validated anything.
    unseen = [name for name in ("Events", "File", "Folder", "EventSource", "ClientError") if not check.counts[name]]
    if unseen:
        print(f"nothing to validate for: {', '.join(unseen)}")
        return 2
    print(
        f"{len(check.problems)} problems in {check.counts['Events']} pages, {sum(check.sources.values())} sources "
        f"({', '.join(f'{name} {count}' for name, count in sorted(check.sources.items()))}), "
        f"{len(check.types)} event types"
    )
    return 1 if check.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
