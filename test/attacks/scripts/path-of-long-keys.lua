-- tries: Stores what can't be stored, below a hundred long keys that its place would name.
-- from: our threat model, found in our own search
-- expect: result true
-- expect in a thread: limit memory
-- (a message to the host would carry the key a hundred times)
local s, t = ("x"):rep(1e6), print
for i = 1, 100 do t = { [s] = t } end
local _, err = require("store").get("app:cache"):set("k", t)
return #err:message() < 1e5
