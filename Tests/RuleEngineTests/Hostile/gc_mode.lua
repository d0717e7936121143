-- expect: ok
-- The collector is not for scripts to stop.
box.on("*", function(event)
  if collectgarbage then
    for _, option in ipairs { "stop", "generational", "incremental", "setpause", "setstepmul" } do
      pcall(collectgarbage, option, 1000000)
    end
    assert(not pcall(collectgarbage, "stop"))
  end
  local piece, garbage = ("x"):rep(65536), nil
  for i = 1, 1500 do garbage = piece .. i end
  assert(#garbage > 65536)
end, { name = "hostile" })
