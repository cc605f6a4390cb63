local yaml = require("yaml")

local entry = {}
entry.zebra = 1 entry.alpha = 2 entry.name = "test" entry.kind = "demo"
same(yaml.encode(entry), "zebra: 1\nalpha: 2\nname: test\nkind: demo\n")
same(yaml.encode(entry, {sort_unordered = true}), "alpha: 2\nkind: demo\nname: test\nzebra: 1\n")
same(yaml.encode(entry, {field_order = {"name", "kind"}, sort_unordered = true}), "name: test\nkind: demo\nalpha: 2\nzebra: 1\n")

same(yaml.encode({["\u{ffee}"] = 1, ["\u{1f600}"] = 2, b = 3, 4}, {sort_unordered = true}), '1: 4\nb: 3\n"\u{ffee}": 1\n"\u{1f600}": 2\n')
same(yaml.encode({"apple", {"b", {c = 1}}, {}}), "- apple\n- - b\n  - c: 1\n- []\n")
same(yaml.encode({http = {address = ":8080", tags = {"x"}}}, {sort_unordered = true}),
  'http:\n  address: ":8080"\n  tags:\n    - x\n')
same(yaml.encode({{a = 1, b = {2}}}, {sort_unordered = true}), "- a: 1\n  b:\n    - 2\n")
same(yaml.encode({t = "two\nlines\n"}), "t: |\n  two\n  lines\n")
same(yaml.encode({}), "[]\n")
same(yaml.encode({1, x = 2}), "1: 1\nx: 2\n")

-- What was written is read as it was.
local texts = {
  "", " ", "a", "true", "No", "null", "~", "1", "1.0", "0x1f", "-", "- a", "a: b", "a:b", "#c", "a #c", "'q'", '"q"', "[x", "{x", "*x", "&x", "!x",
  "%x", "@x", "`x", "a\n", "a\n\n", "\n", "\n\n", "\na", "a\nb", " a\nb", "a \nb", "a\n b", "\t", "a\tb", "\r\n", "a\rb", "é€😀", "\u{85}",
  "\u{2028}", "\u{feff}", "\0", "\127", "a  b", "a ", "2024-01-01", ".inf", "nan", "on", "y", "e1", "1e3", "+1", "=", "<<", "|", ">", "? x", "a?", "---", "...",
  "line one\n\nline three\n", "x\n  indented\n", "a:\n  - b\n",
}
for _, text in ipairs(texts) do
  for _, value in ipairs {{text}, {k = text}, {[text] = 1}, {{text, text}}, {{k = {k = text}}}} do
    local written = assert(yaml.encode(value))
    local read, err = yaml.decode(written)
    if not read then error(("%q as %q: %s"):format(text, written, err:message())) end
    local ok, what = pcall(same, read, value)
    if not ok then error(("%q as %q: %s"):format(text, written, what)) end
  end
end
local numbers = {0, 1, -1, 1.0, -0.0, 1.5, 1e300, 1e21, 1e-7, 3000000000, math.huge, -math.huge, true, false}
same(yaml.decode(yaml.encode(numbers)), numbers)

refused(errors.INVALID, "data: expected a table, got string", yaml.encode("x"))
refused(errors.INVALID, "data.f[1]: a function has no YAML form", yaml.encode({f = {print}}))
refused(errors.INVALID, "data.a[2]: a string of bytes that are not UTF-8 has no YAML form", yaml.encode({a = {1, "\255"}}))
refused(errors.INVALID, "opts.field_order: expected a list of strings, got 1", yaml.encode({}, {field_order = 1}))
