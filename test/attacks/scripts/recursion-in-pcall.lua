-- tries: Recurses, catches the overflow, and recurses again.
-- from: our threat model
-- expect: limit time | error stack overflow
local function f()
  pcall(f)
  return f()
end
return f()
