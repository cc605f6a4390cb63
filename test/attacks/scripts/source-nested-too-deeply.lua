-- tries: Compiles code that nests deeper than the compiler may recurse.
-- from: our threat model
-- expect: result "contained"
local function deep(open, close) return load("return " .. open:rep(1e5) .. "1" .. close:rep(1e5)) end
assert(not deep("(", ")"))
assert(not deep("{", "}"))
assert(not deep("not ", ""))
assert(not deep("function() return ", " end"))
assert(not deep("f(", ")"))
assert(not load(("do "):rep(1e5) .. ("end "):rep(1e5)))
assert(not load("local a = " .. ("a .. "):rep(1e5) .. "a"))
return "contained"
