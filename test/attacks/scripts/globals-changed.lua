-- tries: Changes everything that it finds in its globals, for the next script.
-- from: our threat model
-- expect: result "contained"
local globals, setmetatable = _G, setmetatable
for name in pairs(globals) do globals[name] = false end
setmetatable(globals, { __index = function() return "mine" end, __newindex = function() end })
return "contained"
