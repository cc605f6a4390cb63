-- tries: Loops in the reader of load.
-- from: our threat model
-- expect: limit time
while true do
  pcall(load, function() while true do end end)
end
