-- tries: Nests callbacks of gsub, each within a call that holds a large buffer.
-- from: our threat model, found in our own search
-- expect: limit memory
local s = ("x"):rep(3e6)
local function nest()
  local n = 0
  return (("ab"):gsub(".", function()
    n = n + 1
    return n == 1 and s or nest()
  end))
end
nest()
