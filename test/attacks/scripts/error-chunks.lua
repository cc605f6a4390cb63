-- tries: Keeps errors on whose stacks stand chunks with large constants, which must not be kept with them.
-- from: our threat model
-- expect: limit time
local t = {}
while true do
  local chunk = load("local s = '" .. ("x"):rep(1e5) .. #t .. "' local e = errors.new('x') return e, s")
  t[#t + 1] = chunk()
end
