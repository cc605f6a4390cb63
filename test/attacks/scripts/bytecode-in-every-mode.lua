-- tries: Loads bytecode, whole and damaged, in every mode and in pieces.
-- from: our threat model; CVE-2015-4335 (Redis), and the escapes of Lua games that load bytecode
-- expect: result "contained"
local header = "\27LuaS\0\x19\x93\r\n\x1a\n\4\4\4\4\8xV\0\0\0\0\0\0\0\0\0\0(w@"
for _, mode in ipairs({ "b", "t", "bt", "tb", "", "B", "\0" }) do
  local f, err = load(header, "x", mode)
  assert(f == nil, mode)
  assert(load(function() local h = header header = nil return h end, "x", mode) == nil, mode)
  header = header or "\27Lua"
end
assert(load("\27") == nil)
return "contained"
