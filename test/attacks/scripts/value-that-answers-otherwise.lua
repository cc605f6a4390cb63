-- tries: Stores a table whose metamethods would change it while it is read.
-- from: our threat model
-- expect: result [1,2]
local s = require("store").get("app:cache")
local t = setmetatable({ 1, 2 }, {
  __index = function() error("asked") end, __pairs = function() error("asked") end, __len = function() error("asked") end,
})
assert(s:set("k", t))
return s:get("k")
