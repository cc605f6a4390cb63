-- tries: Fails in a function whose name has a million letters.
-- from: our threat model
-- expect: error attempt to call a nil value
local name = ("x"):rep(1e5)
load("local function " .. name .. "(n) if n == 0 then error(nil) end local x = " .. name .. "(n - 1) return x end " .. name .. "(20)")
return undefined()
