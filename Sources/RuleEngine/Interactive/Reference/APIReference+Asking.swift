extension APIReference {
  static let asking = [
    Entry(
      "box.get_events",
      "box.get_events { stream_type, stream_position, limit, event_type, created_after, created_before }",
      "One page of events: chunk_size, next_stream_position, entries.\nThe parameters are those of GET /2.0/events.",
      "box.get_events { stream_position = \"0\", limit = 10 }.entries", takes: "query?: box.Query",
      gives: "box.Page page"),
    Entry(
      "box.events", "box.events { …, max = 10000 }",
      "An iterator over the events of all pages; :take(n), :count(), :all().\nThe parameters are those of box.get_events. It goes through them once: keep what you need with :all().",
      "for event in box.events { stream_type = \"admin_logs\", created_after = \"-1h\" } do print(event) end",
      takes: "query?: box.EventsQuery", gives: "box.Events events"),
    Entry(
      "events:take", "events:take(n)", "The next n events, or fewer at the end.\nAs a list.",
      "box.events { stream_position = \"0\" }:take(3)", takes: "n: integer", gives: "box.Event[] events"),
    Entry(
      "events:count", "events:count()", "How many events are left.\nAsks for all pages.",
      "box.events { stream_position = \"0\" }:count()", gives: "integer count"),
    Entry(
      "events:all", "events:all()", "All events that are left.\nMore than `max` are an error.",
      "box.events { stream_position = \"0\", max = 500 }:all()", gives: "box.Event[] events"),
    Entry(
      "box.get_events_with_long_polling", "box.get_events_with_long_polling()",
      "The real-time servers that Box names.\nOPTIONS /2.0/events.",
      "box.get_events_with_long_polling().entries[1].url", gives: "box.RealtimeServers servers"),
    Entry(
      "box.api.get", "box.api.get(path [, query])",
      "Any endpoint of the Box API; the decoded JSON.\nThe path goes below /2.0.",
      "box.api.get(\"/users/me\", { fields = \"name,login\" })",
      takes: "path: string\nquery?: table<string, string|number|boolean>", gives: "any answer"),
    Entry(
      "box.api.post", "box.api.post(path, body)",
      "As box.api.get, with a body that becomes JSON.\nWriting needs `allow: { box_write: true }` in the configuration.",
      "box.api.post(\"/comments\", { item = { type = \"file\", id = \"9\" }, message = \"seen\" })",
      takes: "path: string\nbody?: any", gives: "any answer"),
    Entry(
      "box.api.put", "box.api.put(path, body)", "As box.api.post.\nChanges what is there.",
      "box.api.put(\"/files/9\", { description = \"seen\" })", takes: "path: string\nbody?: any", gives: "any answer"),
    Entry(
      "box.api.delete", "box.api.delete(path)", "As box.api.post.\nRemoves what is there.",
      "box.api.delete(\"/files/9/lock\")", takes: "path: string\nbody?: any", gives: "any answer"),
    Entry(
      "box.position", "box.position([stream])",
      "The committed position of a stream, by default of the event's.\nAt a prompt of its own nothing is committed: nil.",
      "box.position()", takes: "stream?: string", gives: "string? position"),
  ]
}
