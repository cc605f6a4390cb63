-- tries: Keeps errors, each with the stack that it was made on.
-- from: our threat model
-- expect: limit memory
local t = {}
local function deep(n)
  if n > 0 then return (deep(n - 1)) end
  while true do t[#t + 1] = errors.new("x") end
end
deep(40)
