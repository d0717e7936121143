local number = 0

local function login(address, more)
  number = number + 1
  local event = {
    event_type = "LOGIN", event_id = "login-" .. number, ip_address = address,
    created_by = { type = "user", id = "7", name = "Ada Example", login = "ada@example.com" },
    source = { type = "user", id = "7", login = "ada@example.com" },
  }
  for field, value in pairs(more or {}) do event[field] = value end
  return event
end

box.test("the first address is learned, a second one alerts, a known one does not", function(t)
  t:send(login "198.51.100.7")
  t:expect_alerts(0)
  t:send(login "203.0.113.9")
  t:expect_alerts(1)
  t:alert(1):has { severity = "medium", title = "~ada@example.com signed in from a new address: 203.0.113.9" }
  t:send(login "198.51.100.7")
  t:send(login("203.0.113.9", { event_type = "ADMIN_LOGIN" }))
  t:expect_alerts(1)
end)

box.test("an address is new again after 90 days without it, not while it is in use", function(t)
  for _ = 1, 3 do
    t:send(login "198.51.100.7")
    t:send(login "203.0.113.9")
    t:advance("60d")
  end
  t:expect_alerts(1)
  t:send(login "198.51.100.7")
  t:advance("80d")
  t:send(login "198.51.100.7")
  t:advance("20d")
  t:send(login "203.0.113.9")
  t:expect_alerts(2)
end)

box.test("an IPv6 device that changes its lower half stays known", function(t)
  t:send(login "2001:DB8:0:1::5")
  t:send(login "2001:db8:0:1:aaaa:bbbb:cccc:dddd")
  t:send(login "2001:0db8::1:1:2:3:4")
  t:expect_alerts(0)
  t:send(login "2001:db8:0:2::5")
  t:expect_alerts(1)
end)

box.test("people do not vouch for each other, and offices are exempt", function(t)
  t:send(login "198.51.100.7")
  t:send(login("203.0.113.9", { created_by = { type = "user", id = "8", login = "bo@example.com" } }))
  t:send(login "10.1.2.3")
  t:expect_alerts(0)
end)

box.test("no person, no address or one that Box does not know raise nothing", function(t)
  t:send(login "198.51.100.8")
  t:send(login "Unknown IP")
  t:send(login(nil))
  t:send { event_type = "LOGIN", event_id = "nobody", ip_address = "198.51.100.7" }
  t:expect_alerts(0)
  t:expect_no_errors()
end)
