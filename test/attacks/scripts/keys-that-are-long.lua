-- tries: Makes keys of long strings, whose hash takes memory, too.
-- from: our threat model
-- expect: limit memory
local t = {}
while true do t[("x"):rep(1e5) .. #t] = true t[#t + 1] = true end
