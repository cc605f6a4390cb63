-- tries: Writes to a store without end.
-- from: our threat model
-- expect: limit storeBytes
-- with: {"storeBytes": "16MiB", "timeout": 20000, "memory": "64MiB"}
local s, x = require("store").get("app:cache"), ("x"):rep(1e5)
for i = 1, 1e9 do s:set("filled" .. i % 100, x .. i) end
