-- tries: Loops within pcall, in a loop. One of the twelve.
-- from: our threat model
-- expect: limit time
while true do
  pcall(function() while true do end end)
end
