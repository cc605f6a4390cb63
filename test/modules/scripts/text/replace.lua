local text = require("text")
local function re(pattern) return assert(text.regexp.compile(pattern)) end

same(re("[0-9]"):replace_all_string("a1b2", "X"), "aXbX")
same(re("[0-9]"):replace_all_string("abc", "X"), "abc")
same(re("x*"):replace_all_string("abc", "-"), "-a-b-c-")
same(re("a"):replace_all_string("banana", ""), "bnn")
same(re("^"):replace_all_string("", "x"), "x")
same(re("é"):replace_all_string("éé\xff", "e"), "ee\xff")

-- Groups, by number and by name; `$$` is a dollar, and what names no group stands for nothing.
local pair = re([[(?P<key>\w+)=(\w+)]])
same(pair:replace_all_string("a=1 b=2", "$2=$1"), "1=a 2=b")
same(pair:replace_all_string("a=1", "${key}_$key-${2}x$0"), "a_a-1xa=1")
same(pair:replace_all_string("a=1", "$keyx|$3|$10|${nope}|"), "||||")
same(pair:replace_all_string("a=1", "$$1 $ ${ ${} $-"), "$1 $ ${ ${} $-")
same(re("(a)|(b)"):replace_all_string("ab", "<$1$2>"), "<a><b>")
same(pair:replace_all_string("a=1", "\xff$1"), "\xffa")
