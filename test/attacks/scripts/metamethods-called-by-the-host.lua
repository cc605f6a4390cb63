-- tries: Returns values whose metamethods loop, for the host to convert.
-- from: our threat model
-- expect: result {"a":1}
local function loop() while true do end end
return setmetatable({ a = 1 }, { __pairs = loop, __index = loop, __len = loop, __tostring = loop, __gc = loop })
