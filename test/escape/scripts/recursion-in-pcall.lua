-- time,none
local function f()
  pcall(f)
  return f()
end
return f()
