-- tries: Takes random numbers without a seed, which once came from those of the host's JavaScript and told them.
-- from: our own search
-- expect: result "contained"
local seen = {}
for _ = 1, 100 do
  local n = math.random()
  assert(n >= 0 and n < 1 and not seen[n])
  seen[n] = true
end
return "contained"
