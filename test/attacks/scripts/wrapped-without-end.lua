-- tries: Wraps an error again and again, each time copying all that it was wrapped in.
-- from: our threat model
-- expect: limit instructions, memory
-- with: {"timeout": 20000, "instructions": 30000000}
local e = errors.new("x")
while true do e = errors.wrap(e, "y") end
