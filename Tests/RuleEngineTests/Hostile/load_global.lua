-- expect: error sneaked
-- Assigning an undeclared global is no better in loaded text.
box.on("*", function(event)
  load "sneaked = 1"()
end, { name = "hostile" })
