local text = require("text")
local function re(pattern) return assert(text.regexp.compile(pattern)) end

same(re("[0-9]+"):match_string("abc123"), true)
same(re("^[0-9]+$"):match_string("abc123"), false)
same(re(""):match_string(""), true)
same(re("[0-9]+"):find_string("abc123def45"), "123")
same(re("x"):find_string("abc"), nil)
same(re("x*"):find_string("abc"), "")
same(re("[0-9]+"):find_all_string("a1b22c3"), {"1", "22", "3"})
same(re("[0-9]+"):find_all_string("abc"), {})
same(re("[0-9]+"):find_all_string(120), {"120"})

-- The match and its groups; one that took no part is "".
same(re([[(\w+)@(\w+)\.com]]):find_string_submatch("to user@example.com"), {"user@example.com", "user", "example"})
same(re("(a)|(b)"):find_string_submatch("b"), {"b", "", "b"})
same(re("(a)"):find_string_submatch("b"), nil)
same(re([[(\w)=(\d*)]]):find_all_string_submatch("a=1 b= c=3"), {{"a=1", "a", "1"}, {"b=", "b", ""}, {"c=3", "c", "3"}})
same(re("(x)"):find_all_string_submatch("abc"), {})

-- Positions are those of bytes, as in string.find.
same(re("[0-9]+"):find_string_index("abc123"), {4, 6})
same(re("x"):find_string_index("abc"), nil)
same(re("[0-9]"):find_all_string_index("a1b2"), {{2, 2}, {4, 4}})
same(re("x"):find_all_string_index("abc"), nil)
same(re("x*"):find_all_string_index("axb"), {{1, 0}, {2, 2}, {4, 3}})
local euros = "1 € 2 € 😀"
for _, position in ipairs(re("€|😀"):find_all_string_index(euros)) do
  local s = euros:sub(position[1], position[2])
  assert(s == "€" or s == "😀", s)
end
same(re("é"):find_string_index("aé"), {2, 3})
same(re("."):find_all_string("aé€😀"), {"a", "é", "€", "😀"})
same(re(""):find_all_string_index("é€"), {{1, 0}, {3, 2}, {6, 5}})

-- A byte that is no part of UTF-8 is a character of its own, and stays what it is.
same(re("a(.)b"):find_string_submatch("a\xffb"), {"a\xffb", "\xff"})
same(re("[^a]"):find_all_string("a\xff\xfe\xc3"), {"\xff", "\xfe", "\xc3"})
same(re(","):split("\xff,\xfe"), {"\xff", "\xfe"})
same(re([[\xff]]):match_string("\xff"), false) -- that is the character U+00FF
same(re([[\xff]]):match_string("ÿ"), true)

-- Names stand beside the match's own place.
local named = re([[(?P<year>\d{4})-(\d\d)-(?<day>\d\d)]])
same(named:num_subexp(), 3)
same(named:subexp_names(), {"", "year", "", "day"})
same(named:string(), [[(?P<year>\d{4})-(\d\d)-(?<day>\d\d)]])
same(tostring(re("a+")), "text.Regexp{a+}")
same(re("(?i)hello"):match_string("HeLLo"), true)
same(re("(?s)a.b"):match_string("a\nb"), true)
same(re("a.b"):match_string("a\nb"), false)
same(re("(?m)^b$"):find_string("a\nb\nc"), "b")
same(re([[\bfoo\b]]):find_all_string_index("foo food foo"), {{1, 3}, {10, 12}})
same(re([[\p{Greek}+]]):find_string("abc αβγ"), "αβγ")
same(re("a+?"):find_string("aaa"), "a")
same(re("ab|abc"):find_string("abc"), "ab")

-- What is no pattern is an error that says why.
refused(errors.INVALID, "pattern: error parsing regexp: missing closing ]", text.regexp.compile("[invalid"))
refused(errors.INVALID, "invalid escape", text.regexp.compile([[(a)\1]]))
refused(errors.INVALID, "pattern: expected UTF-8, got other bytes", text.regexp.compile("\xff"))
refused(errors.INVALID, "pattern: expected a string, got nil", text.regexp.compile())
raises("s: expected a string, got nil", function() re("a"):find_string() end)
raises("n: expected a whole number", function() re("a"):split("a", "x") end)

-- Too large: told before it takes any time.
refused(errors.INVALID, "expected at most 1000 characters, got 1001", text.regexp.compile(("a"):rep(1001)))
for _, pattern in ipairs {
  "(a{1000}){1000}", "(?:" .. ("a"):rep(980) .. "){1000}", ("x{0,1000}"):rep(100), ("(?:"):rep(3) .. "a{20})" .. "{20}){20}",
  "(?:[[:alpha:])]x{10}){500}", [[(?:\Q(((]]  .. ("a"):rep(50) .. [[\E]{100}){100}]],
} do
  local before = os.clock()
  local compiled, err = text.regexp.compile(pattern)
  assert(compiled == nil and err:kind() == errors.INVALID, pattern)
  assert(os.clock() - before < 0.2, pattern)
end
assert(text.regexp.compile([[[[:alpha:]\]{]{2,}\{{1,9}\Q{9999}\E[a-z0-9]{1,63}x{1000}]]))
