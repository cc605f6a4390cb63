-- tries: Puts JavaScript into names, strings and numbers of code that is compiled.
-- from: our own search
-- expect: result "contained"
local evil = { "`${process.exit()}`", "*/ process.exit() /*", "'; process.exit(); '", "\u{2028}process.exit()", "</script>", "\\u0027", "${1}", "\n}}}process.exit();{{{" }
for _, e in ipairs(evil) do
  local f = load(("local t = {} for i = 1, 500 do t[%q] = (t[%q] or 0) + 1 end return t[%q], %q"):format(e, e, e, e), e)
  local n, s = f()
  assert(n == 500 and s == e)
end
for _, n in ipairs({ "0x1p-1074", "1e308", "9007199254740993", "0xffffffffffffffff", "-0.0", "5e-324" }) do
  local f = load("local s = 0 for i = 1, 500 do s = " .. n .. " end return s")
  assert(tostring(f()) == tostring(load("return " .. n)()))
end
return "contained"
