-- What every script under test/modules/scripts begins with, on one line so that its own lines keep their numbers.
local errors = require("errors")

local function show(v)
  if type(v) == "string" then return ("%q"):format(v) end
  if math.type(v) == "float" then return ("%.17g (float)"):format(v) end
  return tostring(v)
end

local function difference(a, b, path)
  if type(a) ~= "table" or type(b) ~= "table" then
    if a == b and math.type(a) == math.type(b) or (a ~= a and b ~= b) then return nil end
    return ("%s: expected %s, got %s"):format(path, show(b), show(a))
  end
  for k, v in pairs(b) do
    local found = difference(a[k], v, path .. "[" .. show(k) .. "]")
    if found then return found end
  end
  for k, v in pairs(a) do
    if b[k] == nil then return ("%s[%s]: unexpected %s"):format(path, show(k), show(v)) end
  end
end

--- The same in every part, integers and floats kept apart.
local function same(actual, expected)
  local found = difference(actual, expected, "value")
  if found then error(found, 2) end
end

--- The outcome is `nil, err` with an error of this kind, and this in its message.
local function refused(kind, text, value, err)
  if value ~= nil then error("it was not refused: " .. show(value), 2) end
  if err == nil then error("there is no error", 2) end
  if err:kind() ~= kind then error(("expected the kind %s, got %s: %s"):format(kind, err:kind(), err:message()), 2) end
  if not err:message():find(text, 1, true) then error(("expected %s, got: %s"):format(text, err:message()), 2) end
end

--- The call raises, and this is in what it says.
local function raises(text, f, ...)
  local ok, e = pcall(f, ...)
  if ok then error("it did not raise", 2) end
  if not tostring(e):find(text, 1, true) then error(("expected %s, got: %s"):format(text, tostring(e)), 2) end
end
