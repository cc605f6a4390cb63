---@meta test

local cases = require("test.cases")
local host = require("test.host")
local show = require("test.show")

---The module for test files (`*_test.lua`) of `moonkeep test`.
---@class test
local t = {}

---@class test.Clock
local clock = {}

---@class test.Spy
---@field calls any[][] The arguments of each call, with their number as `n`.

local kinds = {}
for name, kind in pairs(errors) do
  if type(kind) == "string" and kind ~= "" then kinds[name], kinds[kind] = kind, kind end
end

local function need(value, kind, what)
  if type(value) ~= kind and not (kind == "function" and type(value) == "table") then
    error(what .. ": expected a " .. kind .. ", got " .. type(value), 3)
  end
end

local function fail(message, why)
  error(why and why .. ": " .. message or message, 3)
end

---Declares a case, which fails if `fn` raises an error. Cases run in the order of the file.
---@param name string
---@param fn fun()
function t.case(name, fn)
  need(name, "string", "name")
  need(fn, "function", "fn")
  cases.add(name, fn, debug.getinfo(2).currentline or 0)
end

---Runs before each case of the file.
---@param fn fun()
function t.before(fn)
  need(fn, "function", "fn")
  cases.before[#cases.before + 1] = fn
end

---Runs after each case, whether it failed or not; the last one that was declared runs first.
---@param fn fun()
function t.after(fn)
  need(fn, "function", "fn")
  cases.after[#cases.after + 1] = fn
end

local function same(a, b, seen)
  if a == b or (a ~= a and b ~= b) then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  if seen[a] and seen[a][b] then return true end
  seen[a] = seen[a] or {}
  seen[a][b] = true
  for key, value in next, a do
    local other = rawget(b, key)
    if other == nil or not same(value, other, seen) then return false end
  end
  for key in next, b do
    if rawget(a, key) == nil then return false end
  end
  return true
end

---Fails unless two values are equal. Tables are compared by their content.
---@param got any
---@param expected any
---@param why? string the beginning of the failure's message
function t.equal(got, expected, why)
  if same(got, expected, {}) then return end
  local difference = show.difference(got, expected)
  if difference then fail("not equal: - expected, + got\n" .. difference, why) end
  fail("expected " .. show.short(expected) .. ", got " .. show.short(got), why)
end

---Fails unless two numbers differ by at most `within`.
---@param got number
---@param expected number
---@param within? number default: 1e-9
---@param why? string
function t.near(got, expected, within, why)
  need(expected, "number", "expected")
  within = within or 1e-9
  if type(got) == "number" and (got == expected or math.abs(got - expected) <= within) then return end
  fail("expected " .. show.short(expected) .. ", at most " .. within .. " off, got " .. show.short(got), why)
end

local function failure_of(ok, first, second)
  if not ok then return true, first end
  if first == nil and second ~= nil then return true, second end
  return false, first
end

---Fails unless `fn` raises an error or returns `nil, err`.
---@param fn fun(): any, any
---@param expected? string a kind, such as `errors.NOT_FOUND` or `"NOT_FOUND"`, or a pattern of the message
---@param why? string
---@return any failure
function t.error(fn, expected, why)
  need(fn, "function", "fn")
  local failed, e = failure_of(pcall(fn))
  if not failed then fail("expected an error, got " .. show.short(e), why) end
  if expected == nil then return e end
  local kind = kinds[expected]
  if kind and errors.is(e, kind) then return e end
  if kind then
    local other = type(e) == "userdata" and "an error of the kind " .. show.short(e:kind()) or "an error without a kind"
    fail("expected an error of the kind " .. show.short(kind) .. ", got " .. other .. ": " .. tostring(e), why)
  end
  local is_pattern, found = pcall(string.find, tostring(e), expected)
  if not is_pattern then error("expected: " .. found, 2) end
  if found then return e end
  fail("expected an error that matches " .. show.short(expected) .. ", got: " .. tostring(e), why)
end

local spies = { __name = "test.Spy" }
spies.__index = spies

function spies:__call(...)
  self.calls[#self.calls + 1] = table.pack(...)
  if self.fn then return self.fn(...) end
end

---Returns how often the spy was called.
function spies:count()
  return #self.calls
end

---Returns whether the spy was called with these arguments at least once.
function spies:called_with(...)
  local wanted = table.pack(...)
  for _, given in ipairs(self.calls) do
    if same(given, wanted, {}) then return true end
  end
  return false
end

---Creates a spy: a callable that records its arguments. With a table and a name it replaces that field until the case ends.
---@param fn? function|table what it calls; or the table
---@param name? string
---@return test.Spy
function t.spy(fn, name)
  if name == nil then return setmetatable({ calls = {}, fn = fn }, spies) end
  need(fn, "table", "the first argument")
  local original = fn[name]
  if original == nil then error("there is no " .. show.short(name) .. " to replace", 2) end
  local spy = setmetatable({ calls = {}, fn = original }, spies)
  fn[name] = spy
  cases.at_end(function() fn[name] = original end)
  return spy
end

---Sets the clock forward: entries expire, timers fire, and `time` shows the new time.
---@param by string|number|time.Duration such as `"1h"`, or nanoseconds
function clock:advance(by)
  local ok, err = host.advance(by)
  if not ok then error(err, 2) end
end

---@type test.Clock
t.clock = clock

---The script acts as another actor until the case ends.
---@param id string
---@param meta? table
function t.actor(id, meta)
  local ok, err = host.actor(id, meta)
  if not ok then error(err, 2) end
end

---Adds a policy until the case ends, with the fields of the registry: `actions`, `resources`, `effect`, and `conditions` or
---`expression`.
---@param policy table
function t.policy(policy)
  local ok, err = host.policy(policy)
  if not ok then error(err, 2) end
end

return t
