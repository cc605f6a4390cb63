-- tries: Compares what can be shifted anywhere, in one call after the other.
-- from: our threat model
-- expect: limit time
local differ = assert(require("text").diff.new({ diff_timeout = 1e9, match_distance = 1e9 }))
local a, b = ("a"):rep(2e5), ("ab"):rep(1e5)
while true do differ:compare(a, b) differ:compare(a, a .. "a") differ:patch_make(b, a) end
