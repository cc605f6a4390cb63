-- tries: Returns tables in tables, each level of which doubles the parts; and that many times.
-- from: our threat model
-- expect: limit memory | error parts can't leave the script
local t = {}
for i = 1, 18 do t = { t, t } end
local r = {}
for i = 1, 100 do r[i] = t end
return table.unpack(r)
