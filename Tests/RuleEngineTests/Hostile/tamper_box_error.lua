-- expect: error box
-- The same for the `box` module.
box.on("*", function(event)
  box.alert = function() end
end, { name = "hostile" })
