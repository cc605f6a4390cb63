-- tries: Calls each function of the libraries without arguments, and with one, for an error that comes too early.
-- from: found by test/fuzz: an error that left a hole in the stack failed again outside of the script
-- expect: result "contained"
for _, t in ipairs({ coroutine, string, table, math, os, utf8, errors, require("store"), require("security") }) do
  for name, f in pairs(t) do
    if type(f) == "function" and name ~= "yield" and name ~= "exit" then
      for _, argument in ipairs({ "none", false, 1, "x", {}, print, coroutine.create(print), coroutine.running() }) do
        if argument == "none" then pcall(f) else pcall(f, argument) end
        pcall(function() local x = argument == "none" and f() or f(argument) return x end)
        coroutine.resume(coroutine.create(f), argument ~= "none" and argument or nil)
      end
    end
  end
end
return "contained"
