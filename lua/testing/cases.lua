-- The cases of one file, and what is done around them. The runner asks this module; test.lua fills it.
local host = require("test.host")

local cases = { list = {}, before = {}, after = {} }
local undo = {}

--- `restore` is called when the case has ended.
function cases.at_end(restore)
  undo[#undo + 1] = restore
end

function cases.add(name, fn, line)
  local ok, err = host.case(name, line)
  if not ok then error(err, 3) end
  cases.list[#cases.list + 1] = fn
end

function cases.run(i)
  for _, fn in ipairs(cases.before) do fn() end
  return cases.list[i]()
end

--- Each of them, whatever the others raise; what the first one raised is raised then.
function cases.finish()
  local failed, failure = false, nil
  local function try(fn)
    local ok, e = pcall(fn)
    if not ok and not failed then failed, failure = true, e end
  end
  for i = #cases.after, 1, -1 do try(cases.after[i]) end
  for i = #undo, 1, -1 do try(undo[i]) end
  undo = {}
  if failed then error(failure, 0) end
end

return cases
