-- tries: Overflows the stack in each way that the VM recurses, and catches it.
-- from: our threat model
-- expect: result "contained"
local function overflow(mt, use)
  local t = setmetatable({}, mt)
  assert(not pcall(use, t))
end
local function again(use) return function(t) return use(t) end end
local uses = {
  __index = function(t) return t.x end, __newindex = function(t) t.x = 1 end, __call = function(t) return t() end,
  __concat = function(t) return t .. "" end, __add = function(t) return t + 1 end, __eq = function(t) return t == setmetatable({}, getmetatable(t)) end,
  __lt = function(t) return t < t end, __le = function(t) return t <= t end, __len = function(t) return #t end, __unm = function(t) return -t end,
  __tostring = function(t) return tostring(t) end, __pairs = function(t) return pairs(t) end,
}
for event, use in pairs(uses) do
  local mt = {}
  mt[event] = function(t) if type(t) ~= "table" then return 1 end return 1, (use(t)) end
  pcall(use, setmetatable({}, mt))
end
local function deep() return pcall(deep) end
deep()
local function sorted() return table.sort({ 2, 1 }, function() sorted() return false end) end
assert(not pcall(sorted))
local function replaced() return (("x"):gsub("x", replaced)) end
assert(not pcall(replaced))
local function loaded() return load(loaded) end
pcall(loaded)
local function wrapped() return coroutine.wrap(wrapped)() end
assert(not pcall(wrapped))
local chain = {}
for i = 1, 3000 do chain = setmetatable({}, { __index = chain }) end
assert(not pcall(function() return chain.x end))
return "contained"
