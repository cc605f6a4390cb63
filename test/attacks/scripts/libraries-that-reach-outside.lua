-- tries: Looks for every function of Lua's that reaches outside.
-- from: our threat model; lua-users.org/wiki/SandBoxes
-- expect: result "contained"
for _, name in ipairs({
  "io", "dofile", "loadfile", "loadstring", "module", "unpack", "setfenv", "getfenv", "newproxy", "js",
  "fengari", "process", "global", "globalThis", "window", "bit32", "ffi", "jit", "gcinfo",
}) do
  assert(_G[name] == nil, name)
end
for _, name in ipairs({ "execute", "remove", "rename", "setlocale", "tmpname" }) do assert(os[name] == nil, name) end
for name in pairs(debug) do assert(name == "traceback" or name == "getinfo", name) end
for name in pairs(debug.getinfo(1)) do assert(("currentline name namewhat short_src source what"):find(name, 1, true), name) end
assert(debug.getinfo(1, "f").func == nil and os.getenv("PATH") == nil)
for name in pairs(package) do assert(("config cpath loaded path preload"):find(name, 1, true), name) end
assert(string.dump == nil and table.loadlib == nil and math.loadlib == nil)
return "contained"
