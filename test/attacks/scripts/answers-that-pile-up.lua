-- tries: to keep short answers of the host's functions, which no string of the script's own had to be made for
-- from: our own attack: 870 MiB in 8 s at a limit of 32 MiB
-- expect: limit memory
local uuid = require("uuid")
local all = {}
for i = 1, math.huge do all[i] = uuid.v4() end
