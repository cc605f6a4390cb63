-- tries: Reads how much memory the process uses.
-- from: our threat model
-- expect: result "contained"
local before = collectgarbage("count")
local s = ("x"):rep(1e6)
local after = collectgarbage("count")
assert(after - before < 100, "the count is not of this script alone")
for _, option in ipairs({ "collect", "stop", "restart", "step", "setpause", "setstepmul", "isrunning" }) do collectgarbage(option) end
assert(not pcall(collectgarbage, "x"))
return "contained"
