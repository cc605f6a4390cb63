-- tries: Keeps variables of functions that have returned.
-- from: our threat model
-- expect: limit memory
local last
while true do
  local before, s = last, ("x"):rep(1000)
  last = function() return before, s end
end
