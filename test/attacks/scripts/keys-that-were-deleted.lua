-- tries: Fills a table and empties it: the VM keeps deleted entries for a traversal.
-- from: our threat model
-- expect: limit memory
-- grows by at most: 90
local t = {}
for i = 1, 1e7 do t[i] = i end
for i = 1, 1e7 do t[i] = nil end
