-- tries: Makes handles of a store and forgets them: the host keeps them to the end.
-- from: our threat model
-- expect: limit memory
-- with: {"timeout": 20000, "memory": "8MiB"}
local store = require("store")
while true do store.get("app:cache") end
