-- tries: Loops in a callback of gsub.
-- from: our threat model
-- expect: limit time
while true do
  pcall(string.gsub, "x", "x", function() while true do end end)
end
