-- tries: Compiles labels, each of which is compared with all that were before.
-- from: our threat model
-- expect: limit time
-- with: {"memory": "256MiB", "timeout": 500}
local t = {}
for i = 1, 3e4 do t[i] = ("::a%d:: goto a%d; "):format(i, i) end
return load(table.concat(t))
