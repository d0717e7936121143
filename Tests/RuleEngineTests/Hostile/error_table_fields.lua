-- expect: error
-- A table that looks like one of the host's own error values, with wrong types.
box.on("*", function(event)
  error { message = {}, status = "x", code = print, request_id = 1.5 }
end, { name = "hostile" })
