-- tries: Uses a key of millions of bytes.
-- from: our threat model
-- expect: result "contained"
local s = require("store").get("app:cache")
local key = ("k"):rep(2e6)
s:set(key, 1)
s:delete(key)
return "contained"
