-- tries: to keep channels with as many values in them as they hold, which are neither in a table nor on a stack
-- from: our own attack: 207 MiB in 20 s at a limit of 32 MiB, of which 17 were counted
-- expect: limit memory
local new = require("channel").new
local all = {}
for i = 1, math.huge do
  local one = new(50)
  for k = 1, 50 do one:send(k) end
  all[i] = one
end
