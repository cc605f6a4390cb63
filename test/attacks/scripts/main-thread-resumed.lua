-- tries: Resumes the thread that runs, and that which resumed it.
-- from: our threat model
-- expect: result "contained"
local main = coroutine.running()
assert(not coroutine.resume(main))
local inner = coroutine.create(function()
  assert(not coroutine.resume(main))
  assert(not coroutine.resume(coroutine.running()))
  return coroutine.status(main)
end)
local ok, status = coroutine.resume(inner)
assert(ok and status == "normal" and not coroutine.resume(inner))
return "contained"
