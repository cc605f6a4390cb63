-- tries: Gives a table a name of millions of bytes, for errors to repeat.
-- from: our threat model; CVE-2022-33099 (Lua 5.4, long error messages)
-- expect: result "contained"
local t = setmetatable({}, { __name = ("x"):rep(3e6) })
for _, f in ipairs({ tostring, string.len, math.floor, ipairs, require }) do pcall(f, t) end
pcall(function() return t + 1 end)
pcall(function() return t .. t end)
return "contained"
