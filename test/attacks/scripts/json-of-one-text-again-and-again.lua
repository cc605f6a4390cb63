-- tries: to have text written that is far longer than what it is made of
-- from: our own search: 98 MiB at a limit of 32 MiB
-- expect: limit memory
-- grows by at most: 110
local s, t = ("x"):rep(50), {}
for i = 1, 1000000 do t[i] = s end
while true do require("json").encode(t) end
