-- tries: Makes an error of a string that stands in its details a thousand times.
-- from: our threat model
-- expect: limit memory
local s, t = ("x"):rep(5e6), {}
for i = 1, 1000 do t[i] = s end
return errors.new({ message = "x", details = t })
