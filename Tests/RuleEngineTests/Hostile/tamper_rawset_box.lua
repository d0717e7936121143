-- expect: ok
-- `rawset` does not reach the module that the host uses.
box.on("*", function(event)
  local alert = box.alert
  pcall(rawset, box, "alert", function() return "owned" end)
  pcall(rawset, box.kv, "get", function() return "owned" end)
  assert(rawequal(box.alert, alert))
  assert(box.kv.get "nothing" == nil)
end, { name = "hostile" })
