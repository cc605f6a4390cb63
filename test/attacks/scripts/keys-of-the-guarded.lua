-- tries: Reaches keys that it may not read, by every function of a store.
-- from: our own search
-- expect: result "contained"
local s = require("store").get("app:guarded")
local function refused(f, ...)
  local ok, value, err = pcall(f, ...)
  assert(not ok or value == nil and err ~= nil or value == 0 or type(value) == "table" and next(value) == nil, tostring(value))
end
for _, key in ipairs({ "theirs:1", "mine:1\nx", "mine:1\0", "mine:", "MINE:1", "mine:1/../theirs:1", " mine:1", "mine:\u{661}", "x\nmine:1", "mine:1\r" }) do
  refused(s.get, s, key) refused(s.has, s, key) refused(s.entry, s, key) refused(s.ttl, s, key)
  refused(s.set, s, key, 1) refused(s.delete, s, key) refused(s.touch, s, key) refused(s.expire, s, key, "1s")
  refused(s.increment, s, key) refused(s.update, s, key, function() return 1 end) refused(s.put, s, key, 1)
  refused(s.fetch, s, key, function() return 1 end) refused(s.lock, s, key) refused(s.rate, s, key, { limit = 1, per = "1s" })
  refused(s.get_many, s, { "mine:77", key }) refused(s.set_many, s, { [key] = 1 }) refused(s.delete_many, s, { key })
end
return "contained"
