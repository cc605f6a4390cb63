-- tries: Recurses through each metamethod.
-- from: our own search
-- expect: result "contained"
-- with: {"memory": 268435456}
local mt = {}
local t = setmetatable({}, mt)
mt.__add = function(a, b) return a + b end
mt.__concat = function(a, b) return a .. b end
mt.__eq = function(a, b) return a == setmetatable({}, mt) end
mt.__lt = function(a, b) return a < b end
mt.__le = function(a, b) return a <= b end
mt.__index = function(a, k) return a[k] end
mt.__newindex = function(a, k, v) a[k] = v end
mt.__len = function(a) return #a end
mt.__unm = function(a) return -a end
mt.__call = function(a) return a() + 1 end
mt.__tostring = function(a) return tostring(a) end
for _, f in ipairs({
  function() return t + t end, function() return t .. t end, function() return t == setmetatable({}, mt) end,
  function() return t < t end, function() return t <= t end, function() return t.x end, function() t.x = 1 end,
  function() return #t end, function() return -t end, function() return t() end, function() return tostring(t) end,
}) do
  local ok, err = pcall(f)
  assert(not ok and tostring(err):find("overflow"), tostring(err))
end
return "contained"
