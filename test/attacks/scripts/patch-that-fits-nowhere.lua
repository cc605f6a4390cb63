-- tries: Looks through a long text for the place of a patch that has none.
-- from: our threat model; the square of a text
-- expect: limit time
local differ = assert(require("text").diff.new({ diff_timeout = 0, match_threshold = 1, match_distance = 1e9 }))
local patch = { text = "@@ -1 +1 @@\n-" .. ("ab"):rep(1e5) .. "\n+x\n" }
while true do differ:patch_apply({ patch, patch }, ("a"):rep(1e6)) end
