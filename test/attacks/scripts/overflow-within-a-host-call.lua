-- tries: Calls a store from the deepest stacks that there are, for its work to end in the middle.
-- from: our threat model
-- expect: result "contained"
-- with: {"memory": 268435456}
local s = require("store").get("app:cache")
local n, from = 0, math.huge
local function deep(f)
  n = n + 1
  if n > from then
    pcall(s.set, s, "deep" .. n % 50, { n })
    pcall(s.delete, s, "deep" .. (n + 25) % 50)
  end
  return 1 + f(f)
end
pcall(deep, deep)
n, from = 0, n - 2000
pcall(deep, deep)
assert(n > from)
local function nested() pcall(s.set, s, "deep", { 1 }) return (("x"):gsub("x", nested)) end
pcall(nested)
s:set("deep", { "sound" })
assert(s:get("deep")[1] == "sound")
local listed = s:list({ prefix = "deep", limit = 1000 })
for _, entry in ipairs(listed.items) do assert(s:has(entry.key)) end
return "contained"
