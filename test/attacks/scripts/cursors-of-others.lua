-- tries: Lists with cursors that it made up.
-- from: our own search
-- expect: result "contained"
local s = require("store").get("app:cache")
for i = 1, 50 do s:set("k" .. i, i) end
local page = s:list({ limit = 10 })
local cursor
for k, v in pairs(page) do if type(v) == "string" and #v > 0 then cursor = v end end
for _, c in ipairs({ "", "x", ("A"):rep(1e5), "\0", cursor or "y", (cursor or "z"):reverse(), (cursor or "z") .. "A", 1, {}, true }) do
  pcall(s.list, s, { cursor = c }) pcall(s.list, s, { cursor = c, prefix = "../" })
  pcall(s.list, s, { limit = -1 }) pcall(s.list, s, { limit = 2^53 }) pcall(s.list, s, { limit = 0/0 })
end
return "contained"
