-- tries: Requires files, paths, packages of Node and names that end early.
-- from: our threat model
-- expect: result "contained"
for _, name in ipairs({
  "fs", "node:fs", "child_process", "js", "fengari", "fengari-interop", "../../package.json", "./init", "/etc/passwd",
  "store\0", "store\0.lua", "Store", "store ", "store.lua", "app:store", "", "io", "package.loaded", "moonkeep.io",
  "worker_threads", "vm", "process", "__proto__", "constructor", "toString",
}) do
  local ok, err = pcall(require, name)
  assert(not ok and tostring(err):find("not found", 1, true), name)
end
for _, name in ipairs({ {}, print, true }) do assert(not pcall(require, name)) end
return "contained"
