-- tries: Changes the tables that describe the actor.
-- from: our threat model
-- expect: result "contained"
local actor = require("security").actor()
local meta = actor:meta()
meta.role = "admin"
meta.teams[1] = "admins"
assert(actor:meta().role == "guest" and actor:meta().teams[1] == "guests")
assert(not pcall(function() actor.id = function() return "root" end end))
assert(not pcall(rawset, actor, "id", print))
return "contained"
