-- expect: ok
-- The table functions find nothing in an event and put nothing there.
box.on("*", function(event)
  local text = event:json()
  pcall(table.insert, event, 1)
  pcall(table.remove, event)
  pcall(table.sort, event)
  pcall(table.concat, event)
  pcall(table.unpack, event)
  pcall(table.move, { 1 }, 1, 1, 1, event)
  pcall(function() return #event + (event < event and 1 or 0) end)
  assert(next(event) == nil and rawget(event, "event_id") == nil and type(event) == "table")
  assert(event:json() == text)
end, { name = "hostile" })
