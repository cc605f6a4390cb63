-- A script gets its arguments as ... and in arg.
local store = require("store")

local cache = assert(store.get("app:cache"))
cache:set("greeting", { text = "hello", from = arg[1] or "moonkeep" }, 60) -- for a minute
print(cache:get("greeting"))
