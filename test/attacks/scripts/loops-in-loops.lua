-- tries: Nests loops as deeply as they go, and has the compiler compile them.
-- from: our own search
-- expect: limit time
local depth = 45
local code = "local n = 0 "
for i = 1, depth do code = code .. ("for i%d = 1, 2 do "):format(i) end
code = code .. "n = n + 1 " .. ("end "):rep(depth) .. "return n"
return assert(load(code))()
