-- tries: Asks with metadata of its own making, to be allowed what it is not.
-- from: our own search
-- expect: result "contained"
local security = require("security")
for _, meta in ipairs({ { key = "mine:1" }, { meta = { key = "mine:1" } }, { ["meta.key"] = "mine:1" }, { actor = { id = "root" } }, setmetatable({}, { __index = function() return "mine:1" end }) }) do
  pcall(security.can, "store.key.get", "app:secret", meta)
  local ok, yes = pcall(security.can, "store.get", "app:secret", meta)
  assert(not ok or not yes)
end
assert(not pcall(function() assert(require("store").get("app:secret")) end))
return "contained"
