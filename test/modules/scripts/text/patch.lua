local text = require("text")
local differ = assert(text.diff.new())

local fox = "The quick brown fox jumps over the lazy dog"
local red = "The quick red fox jumps over the lazy cat"
local patches = assert(differ:patch_make(fox, red))
same(patches, {
  {text = "@@ -7,13 +7,11 @@\n ick \n-brown\n+red\n  fox\n"},
  {text = "@@ -37,7 +35,7 @@\n azy \n-dog\n+cat\n"},
})
local result, ok = differ:patch_apply(patches, fox)
same(result, red)
same(ok, true)
same(select("#", differ:patch_apply(patches, fox)), 2)

-- A text that has changed meanwhile.
same({differ:patch_apply(patches, "Well: The quick brown fox jumps over the lazy dog")},
  {"Well: The quick red fox jumps over the lazy cat", true})
same({differ:patch_apply(patches, "The quikc brown fox jumps over the lzy dog!")},
  {"The quikc red fox jumps over the lzy cat!", true})
same({differ:patch_apply(patches, "Nothing of the kind")}, {"Nothing of the kind", false})
same({differ:patch_apply({}, "x")}, {"x", true})
local strict = assert(text.diff.new({match_threshold = 0}))
same({strict:patch_apply(patches, "The quikc brown fox jumps over the lazy dog")},
  {"The quikc brown fox jumps over the lazy cat", false})

-- Those of others; several in one text, too.
same({differ:patch_apply({{text = "@@ -3,9 +3,19 @@\n llo \n+beautiful \n world\n"}}, "Hello world")},
  {"Hello beautiful world", true})
same({differ:patch_apply({{text = "@@ -1 +1 @@\n-a\n+b\n@@ -3 +3 @@\n-c\n+d"}}, "a-c")}, {"b-d", true})

-- Any bytes.
local strange, stranger = "50%\n\0€\xff", "60%\n\1€\xfe\n"
local odd = differ:patch_make(strange, stranger)
assert(not odd[1].text:find("[^\n\32-\126]"), odd[1].text)
same({differ:patch_apply(odd, strange)}, {stranger, true})

-- From nothing, and to nothing.
same(differ:patch_make("", "abc"), {{text = "@@ -0,0 +1,3 @@\n+abc\n"}})
same({differ:patch_apply(differ:patch_make("", "abc"), "")}, {"abc", true})
same({differ:patch_apply(differ:patch_make("abc", ""), "abc")}, {"", true})
same(differ:patch_make("same", "same"), {})

refused(errors.INVALID, 'patches[1].text: line 1: expected "@@ -1,2 +1,3 @@"', differ:patch_apply({{text = "@@ nothing"}}, ""))
refused(errors.INVALID, 'patches[2].text: line 2: expected the line to begin with a space, "-", "+" or "@@", got "*"',
  differ:patch_apply({{text = ""}, {text = "@@ -1 +1 @@\n*a"}}, ""))
refused(errors.INVALID, 'line 2: expected two hexadecimal digits after "%"', differ:patch_apply({{text = "@@ -1 +1 @@\n-%0"}}, ""))
refused(errors.INVALID, "before any text", differ:patch_apply({{text = "+a"}}, ""))
raises("patches[1].text: expected a string", function() differ:patch_apply({{}}, "") end)
