-- tries: Backtracks within pcall, in a loop.
-- from: our threat model
-- expect: limit time
while true do
  pcall(string.match, ("a"):rep(5000), (".-"):rep(40) .. "b")
end
