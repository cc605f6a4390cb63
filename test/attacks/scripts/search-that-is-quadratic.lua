-- tries: Searches "aaa…" for "a…ab…a": the native search of Node takes the product of both lengths, and nothing interrupts it.
-- from: our threat model, found in our own search
-- expect: limit time, memory
local s = ("a"):rep(4e6)
return s:find(("a"):rep(1e6) .. "b" .. ("a"):rep(1e6), 1, true)
