-- tries: Loops in the handler of an error.
-- from: our threat model
-- expect: limit time
while true do
  xpcall(error, function() while true do end end)
end
