-- tries: Makes an actor and a scope of its own, to act as somebody else.
-- from: our threat model
-- expect: result "contained"
local security = require("security")
local ok, actor = pcall(security.new_actor, "root", { role = "admin" })
pcall(security.new_scope, {})
pcall(function() return security.scope():without("app:plugin_policy") end)
assert(security.actor():id() == "plugin")
assert(select(2, require("store").get("app:secret")):kind() == errors.PERMISSION_DENIED)
return "contained"
