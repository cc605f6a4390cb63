-- tries: to leave much garbage behind at each call, in the thread and in the host: arguments that are refused at once
-- from: our own attack: 158 MiB at a limit of 32 MiB
-- expect: limit time
-- with: {"timeout": 1000}
local store = require("store").get("app:cache")
local s = ("A"):rep(2 ^ 20)
while true do store:list({ after = s }) end
