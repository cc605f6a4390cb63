-- tries: Keeps handles of a store, each of which the host keeps as well.
-- from: our threat model
-- expect: limit memory
local store, t = require("store"), {}
while true do t[#t + 1] = store.get("app:cache") end
