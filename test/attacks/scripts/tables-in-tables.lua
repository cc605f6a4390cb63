-- tries: Nests tables without end.
-- from: our threat model
-- expect: limit memory
local t = {}
while true do t = { t } end
