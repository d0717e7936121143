-- expect: ok
-- What is not there is not there.
box.on("*", function(event)
  assert(io == nil and package == nil and coroutine == nil and dofile == nil and loadfile == nil)
  for _, name in ipairs { "execute", "exit", "remove", "rename", "tmpname", "getenv", "setlocale" } do
    assert(os[name] == nil, name)
  end
  for _, name in ipairs { "getinfo", "sethook", "getregistry", "setmetatable", "upvaluejoin", "getlocal" } do
    assert(debug == nil or debug[name] == nil, name)
  end
end, { name = "hostile" })
