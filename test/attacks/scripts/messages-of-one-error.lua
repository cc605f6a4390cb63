-- tries: Keeps what is shown of one error with a long message, and the message, again and again.
-- from: our own search
-- expect: limit memory
-- grows by at most: 150
local e, t = errors.new(("x"):rep(1e6)), {}
for i = 1, 1000 do t[i] = i % 2 == 0 and tostring(e) or e:message() end
