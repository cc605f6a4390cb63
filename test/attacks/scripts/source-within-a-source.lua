-- tries: Compiles within the reader of a source, and so on, each with much that is half done.
-- from: our threat model
-- expect: limit memory | error C stack overflow
-- with: {"timeout": 20000}
local function nest()
  local done = false
  return load(function()
    if done then return nest() and nil end
    done = true
    return ("a = b;"):rep(5e4)
  end)
end
return nest()
