-- tries: Reads and writes the standard streams in odd ways.
-- from: our own search
-- expect: result "contained"
if io == nil then return "contained" end
for _, f in ipairs({ "n", "a", "l", "L", 2^53, -1, 0, 1e308, "*a", ("n"):rep(1e5), {}, 0/0 }) do pcall(io.read, f) pcall(io.lines, nil, f) end
for _, name in ipairs({ "open", "popen", "tmpfile", "input", "output" }) do assert(io[name] == nil or not pcall(io[name], "/etc/passwd")) end
pcall(io.write, table.unpack({}, 1, 1e5))
return "contained"
