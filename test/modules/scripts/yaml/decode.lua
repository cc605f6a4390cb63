local yaml = require("yaml")

same(yaml.decode([[
server:
  host: localhost
  port: 8080
features: [auth, "logging"]
ratio: 3.14
whole: 2.0
enabled: true
nothing: null
text: |
  two
  lines
]]), {
  server = {host = "localhost", port = 8080}, features = {"auth", "logging"}, ratio = 3.14, whole = 2.0,
  enabled = true, text = "two\nlines\n",
})

same(yaml.decode("42"), 42)
same(yaml.decode("- 1\n- null\n- 3"), {[1] = 1, [3] = 3})
same(yaml.decode("{1: a, 2: b, 4: d, true: yes}"), {"a", "b", [4] = "d", [true] = "yes"})
same(yaml.decode("[yes, no, on, 012, 1e3, 0x1f, 0o17, .inf, -.inf, 2024-01-01, 1:30]"),
  {"yes", "no", "on", 12, 1000.0, 31, 15, math.huge, -math.huge, "2024-01-01", "1:30"})
same(yaml.decode("a: &x {n: 1}\nb: *x"), {a = {n = 1}, b = {n = 1}})
same(yaml.decode("<<: 1\n__proto__: 2"), {["<<"] = 1, ["__proto__"] = 2})
same(yaml.decode("# nothing but a comment"), nil)

-- An alias is a copy.
local t = yaml.decode("a: &x {n: 1}\nb: *x")
t.a.n = 2
same(t.b.n, 1)

refused(errors.INVALID, "line 1, column 4: not valid YAML", yaml.decode("a: ]"))
refused(errors.INVALID, 'line 2, column 1: "a" is given twice', yaml.decode("a: 1\na: 2"))
refused(errors.INVALID, "line 1, column 4: there is no anchor &x above", yaml.decode("a: *x"))
refused(errors.INVALID, "there is no anchor &x above", yaml.decode("&x [*x]"))
refused(errors.INVALID, "a key must be a string, a number or a boolean", yaml.decode("[1]: 2"))
refused(errors.INVALID, "a second document", yaml.decode("a: 1\n---\nb: 2"))
refused(errors.INVALID, 'unknown tag "!secret"', yaml.decode("a: !secret x"))
refused(errors.INVALID, "data: expected YAML, got an empty string", yaml.decode(" \n"))
refused(errors.INVALID, "data: expected UTF-8, got other bytes", yaml.decode("\255"))
refused(errors.INVALID, "data: expected a string, got nil", yaml.decode())
refused(errors.INVALID, "nested deeper than 64 levels", yaml.decode(("["):rep(100000)))
refused(errors.INVALID, "more than 500000 tokens", yaml.decode(("- a\n"):rep(300000)))

-- Aliases that multiply.
local bomb = {"a: &a0 [x,x,x,x,x,x,x,x,x,x]"}
for i = 1, 8 do
  local refs = {}
  for j = 1, 10 do refs[j] = "*a" .. i - 1 end
  bomb[#bomb + 1] = ("b%d: &a%d [%s]"):format(i, i, table.concat(refs, ","))
end
refused(errors.INVALID, "more than 1000000 parts", yaml.decode(table.concat(bomb, "\n")))

-- Numbers mean what they mean in JSON.
same({math.type(yaml.decode("-0")), tostring(yaml.decode("-0.0")), yaml.decode("[123456789012345678901]")[1]}, {"integer", "-0.0", 123456789012345678901.0})
refused(errors.INVALID, "1e400 is too large for a number", yaml.decode("1e400"))
same(yaml.decode(".inf"), math.huge)
refused(errors.INVALID, "data: expected a string, got number", yaml.decode(123))
