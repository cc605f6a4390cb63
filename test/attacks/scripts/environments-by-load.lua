-- tries: Gives odd environments to what it loads.
-- from: our own search
-- expect: result "contained"
for _, env in ipairs({ 1, "x", true, print, coroutine.create(print), newproxy or 1 }) do
  pcall(function() return load("return x", "=x", "t", env)() end)
  pcall(function() load("x = 1", "=x", "t", env)() end)
end
local seen = {}
local env = setmetatable({}, { __index = function(_, k) seen[k] = true return _G[k] end })
load("return string, os, io, debug, package, process, globalThis", "=x", "t", env)()
assert(process == nil and globalThis == nil and seen.process)
local f = load("local _ENV = {} ; return function() return x end")()
assert(f() == nil)
assert(not pcall(load("local _ENV = nil ; return x")))
return "contained"
