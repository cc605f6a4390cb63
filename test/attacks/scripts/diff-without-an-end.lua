-- tries: Looks for the fewest changes of texts that have nothing in common.
-- from: our threat model; Myers 1986: it is quadratic
-- expect: limit time
local differ = assert(require("text").diff.new({ diff_timeout = 0 }))
local a, b = {}, {}
for i = 1, 5000 do a[i], b[i] = string.char(math.random(97, 122)), string.char(math.random(97, 122)) end
a, b = table.concat(a), table.concat(b)
while true do differ:compare(a, b) differ:compare(a .. "\n", b .. "\n") differ:patch_make(a, b) end
