-- tries: to compute with a list in which one long string stands a thousand times
-- from: generated attacks: the heap of the host was full before anybody counted
-- expect: limit memory
local s, list = ("x"):rep(1 << 20), {}
for i = 1, 1000 do list[i] = s end
require("expr").eval("1", {list = list})
