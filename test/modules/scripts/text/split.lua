local text = require("text")
local function re(pattern) return assert(text.regexp.compile(pattern)) end

same(re(","):split("a,b,c"), {"a", "b", "c"})
same(re(","):split("a,b,c", -1), {"a", "b", "c"})
same(re(","):split("a,b,c", 2), {"a", "b,c"})
same(re(","):split("a,b,c", 1), {"a,b,c"})
same(re(","):split("a,b,c", 0), {})
same(re(","):split(",a,", -1), {"", "a", ""})
same(re(","):split("", -1), {""})
same(re([[\s*[,;]\s*]]):split("a , b;c"), {"a", "b", "c"})
same(re(""):split("aé€"), {"a", "é", "€"})
same(re("x*"):split("axbxc"), {"a", "b", "c"})
same(re("a*"):split("baac", 2), {"b", "c"})
