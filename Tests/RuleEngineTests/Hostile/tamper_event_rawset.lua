-- expect: ok
-- `rawset` into the event changes nothing that the host reads.
box.on("*", function(event)
  local text = event:json()
  pcall(rawset, event, "event_id", "forged")
  assert(event:json() == text)
end, { name = "hostile" })
