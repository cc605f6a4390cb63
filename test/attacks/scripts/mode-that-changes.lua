-- tries: Makes a table weak and strong again while it goes through it.
-- from: our own search
-- expect: result "contained"
local mt = {}
local t = setmetatable({}, mt)
for i = 1, 2000 do t[{}] = i t[i] = {} end
for k in pairs(t) do
  mt.__mode = mt.__mode == "k" and "v" or "k"
  if type(k) == "table" then t[k] = nil end
  if math.random(100) == 1 then collectgarbage() end
end
return "contained"
