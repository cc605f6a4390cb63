-- tries: to log a table in which one long string stands a thousand times
-- from: generated attacks: fields became a gigabyte before anybody counted
-- expect: limit memory
local s, fields = ("\255"):rep(1 << 20), {}
for i = 1, 1000 do fields["k" .. i] = s end
require("logger"):error("m", fields)
