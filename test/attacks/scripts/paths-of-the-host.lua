-- tries: Collects every message and traceback that it can get, for a path of the host.
-- from: our threat model
-- expect: result "contained"
local found = {}
local function note(text) found[#found + 1] = tostring(text) end
local store = require("store")
for _, f in ipairs({ function() error("x") end, function() nothing() end, function() return {} .. {} end, function() return store.get() end, function() string.rep() end }) do
  local ok, err = pcall(f)
  note(err)
  xpcall(f, function(e) note(e) note(errors.wrap(tostring(e), "c"):stack()) end)
end
local _, err = store.get("")
note(err:stack())
note(select(2, load("x x", "@x")))
note(select(2, load("x x")))
for _, frame in ipairs(errors.call_stack(err).frames) do note(frame.source) note(frame.name) end
for _, text in ipairs(found) do
  for _, word in ipairs({ "/home", "/root", "/tmp", "/work", "node_modules", "file://", ".js", ".ts", "internal/", "process." }) do
    assert(not text:find(word, 1, true), text)
  end
end
return "contained"
