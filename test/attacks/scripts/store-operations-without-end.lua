-- tries: Calls a store without end.
-- from: our threat model
-- expect: limit storeOperations
-- with: {"storeOperations": 1000, "timeout": 20000}
local s = require("store").get("app:cache")
while true do pcall(s.get, s, "k") end
