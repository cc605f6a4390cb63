-- tries: Puts in a text a thousand times, each patch further down.
-- from: our threat model
-- expect: limit memory
local differ = assert(require("text").diff.new())
local patch = { text = "@@ -1,0 +1,100000 @@\n+" .. ("x"):rep(1e5) .. "\n" }
local patches = {}
for i = 1, 1e4 do patches[i] = patch end
return #differ:patch_apply(patches, "")
