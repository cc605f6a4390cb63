-- tries: Passes one long error to the host in many places at once.
-- from: our threat model, found in our own search
-- expect: result 1
-- expect in a thread: limit memory
-- grows by at most: 150
local e, t = errors.new("INVALID", ("x"):rep(8 * 2^20)), {}
for i = 1, 200 do t[i] = e end
pcall(require("funcs").call, "app:none", table.unpack(t))
return 1
