-- tries: to keep iterators over one string, each a function of the host
-- from: our own attack: 1.2 GiB in 8 s at a limit of 32 MiB
-- expect: limit memory
local s, all = ("a"):rep(1000), {}
for i = 1, math.huge do all[i] = s:gmatch("()") end
