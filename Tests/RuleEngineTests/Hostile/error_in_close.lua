-- expect: error second
-- The error of a closing handler takes the place of the first.
box.on("*", function(event)
  local _ <close> = setmetatable({}, { __close = function() error "second" end })
  error "first"
end, { name = "hostile" })
