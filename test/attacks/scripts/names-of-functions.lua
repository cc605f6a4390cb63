-- tries: Shows functions, for an address or a name of the host.
-- from: our threat model
-- expect: result "contained"
for _, f in ipairs({ print, string.rep, require("store").get, coroutine.wrap(print), ("x"):gmatch("x") }) do
  assert(tostring(f):match("^[%a ]*function: 0?x?%x+$") or tostring(f):match("^function"), tostring(f))
  assert(#tostring(f) < 40)
end
return "contained"
