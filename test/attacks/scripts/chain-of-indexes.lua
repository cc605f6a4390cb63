-- tries: Reads through a chain of __index tables that goes on and on.
-- from: our own search
-- expect: limit time
local t = {}
for i = 1, 1900 do t = setmetatable({}, { __index = t }) end
while true do local a = t.x end
