local text = require("text")
local differ = assert(text.diff.new())

local function shown(text1, text2, by)
  local parts = {}
  for _, diff in ipairs(assert((by or differ):compare(text1, text2))) do
    parts[#parts + 1] = ({equal = "=", delete = "-", insert = "+"})[diff.operation] .. diff.text
  end
  return table.concat(parts, "|")
end

same(differ:compare("hello world", "hello there"), {
  {operation = "equal", text = "hello "},
  {operation = "delete", text = "world"},
  {operation = "insert", text = "there"},
})
same(shown("The quick brown fox", "The quick red fox"), "=The quick |-brown|+red|= fox")
same(shown("", ""), "")
same(shown("same", "same"), "=same")
same(shown("", "new"), "+new")
same(shown("old", ""), "-old")
same(shown("the cat", "the fat cat"), "=the |+fat |=cat")
same(shown("one\ntwo\n", "one\nand\ntwo\n"), "=one\n|+and\n|=two\n")
same(shown("1 €, 2 €", "1 €, 3 €"), "=1 €, |-2|+3|= €")
same(shown("é", "è"), "-é|+è") -- characters, not the bytes that they share
same(shown("a\xffb", "a\xfeb"), "=a|-\xff|+\xfe|=b")

-- In characters.
same(differ:summarize(differ:compare("hello world", "hello there")), {equals = 6, deletions = 5, insertions = 5})
same(differ:summarize(differ:compare("€€a", "€€b\xff")), {equals = 2, deletions = 1, insertions = 2})
same(differ:summarize({}), {equals = 0, deletions = 0, insertions = 0})

-- For people.
same(differ:pretty_html(differ:compare("hello world", "hello there")), "hello <del>world</del><ins>there</ins>")
same(differ:pretty_html({{operation = "insert", text = [[<a href="x">&]]}}), "<ins>&lt;a href=&quot;x&quot;&gt;&amp;</ins>")
same(differ:pretty_text(differ:compare("a b", "a c")), "a \27[31mb\27[0m\27[32mc\27[0m")

-- Long texts: by lines first.
local lines = {}
for i = 1, 2000 do lines[i] = "line " .. i end
local long = table.concat(lines, "\n")
lines[1000] = "another line"
table.remove(lines, 500)
local changed = table.concat(lines, "\n")
same(differ:summarize(differ:compare(long, changed)).insertions < 30, true)

-- Without time nothing is looked for: what is between the common beginning and end.
local hasty = assert(text.diff.new({diff_timeout = 1e-9}))
same(shown("a1b2c3d", "a4b5c6d", hasty), "=a|-1b2c3|+4b5c6|=d")
same(shown("abcXXdefXXghi", "abcYYdefYYghi", assert(text.diff.new({diff_edit_cost = 0}))), "=abc|-XX|+YY|=def|-XX|+YY|=ghi")
same(shown("abcXXdefXXghi", "abcYYdefYYghi"), "=abc|-XXdefXX|+YYdefYY|=ghi")

refused(errors.INVALID, 'opts: there is no option "timeout"', text.diff.new({timeout = 1}))
refused(errors.INVALID, "opts.match_threshold: expected a number, 0 to 1", text.diff.new({match_threshold = 2}))
refused(errors.INVALID, "text2: expected a string, got nil", differ:compare("a"))
refused(errors.INVALID, "diffs[2].operation: expected equal, delete, insert",
  differ:pretty_text({{operation = "equal", text = "a"}, {operation = "move", text = "a"}}))
refused(errors.INVALID, "diffs[1].text: expected a string", differ:pretty_html({{operation = "equal"}}))
refused(errors.INVALID, "diffs: expected a table, got string", differ:pretty_html("x"))
raises("diffs[1]: expected a table", function() differ:summarize({1}) end)
same(tostring(differ), "text.Differ")
