-- tries: Keeps strings where only closures reach them.
-- from: our threat model
-- expect: limit memory
local t = {}
while true do
  local s = ("x"):rep(1e4) .. #t
  t[#t + 1] = function() return s end
end
