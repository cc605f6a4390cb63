-- tries: Updates a key while it is updated, and fetches it while it is fetched.
-- from: our own search
-- expect: result "contained" | error  | limit time
-- with: {"timeout": 1500}
local s = require("store").get("app:cache")
pcall(s.update, s, "a", function() return s:update("a", function() return 1 end) end)
pcall(s.update, s, "a", function() coroutine.yield() end)
pcall(s.update, s, "a", function() error({}) end)
pcall(s.fetch, s, "b", function() return s:fetch("b", function() return 1 end, { ttl = "1s" }) end, { ttl = "1s" })
return "contained"
