-- tries: Puts another module in the place of one.
-- from: our threat model
-- expect: result "contained"
local s = require("store")
assert(not pcall(function() s.get = print end))
assert(require("store") == s)
require = nil
arg = nil
return "contained"
