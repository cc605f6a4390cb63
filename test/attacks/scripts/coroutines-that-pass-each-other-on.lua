-- tries: Resumes itself from within, and lets others resume their parents.
-- from: our own search
-- expect: result "contained"
local a, b
a = coroutine.create(function() return coroutine.resume(b) end)
b = coroutine.create(function() return coroutine.resume(a) end)
local ok, inner, deepest = coroutine.resume(a)
assert(ok and inner and not deepest)
local w
w = coroutine.wrap(function() return w() end)
assert(not pcall(w))
return "contained"
