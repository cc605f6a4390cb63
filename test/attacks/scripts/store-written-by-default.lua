-- tries: The same without a limit that anybody asked for.
-- from: our threat model, found in our own search
-- expect: limit storeBytes
-- with: {"timeout": 30000, "memory": "64MiB"}
local s, x = require("store").get("app:cache"), ("x"):rep(3e6)
for i = 1, 1e9 do s:set("filled", x .. i) end
