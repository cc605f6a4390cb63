-- tries: Keeps strings where only iterators of gmatch reach them.
-- from: our threat model
-- expect: limit memory
local t = {}
while true do t[#t + 1] = (("x"):rep(1e6) .. #t):gmatch(".") end
