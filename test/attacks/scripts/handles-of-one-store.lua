-- tries: to keep handles of one store, each of which is kept by the host as well
-- from: our own attack: 58 MiB were held before the script was measured once
-- expect: limit memory
local get = require("store").get
local all = {}
for i = 1, math.huge do all[i] = get("app:cache") end
