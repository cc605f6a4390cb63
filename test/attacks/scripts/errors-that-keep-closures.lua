-- tries: Keeps strings where only the stacks of caught errors reach them.
-- from: our threat model
-- expect: limit memory
local t = {}
while true do
  local s = ("x"):rep(1e5) .. #t
  local f = function() error(errors.new(s)) end
  local _, err = pcall(f)
  t[#t + 1] = err
end
