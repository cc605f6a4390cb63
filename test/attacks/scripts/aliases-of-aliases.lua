-- tries: to make a million values of forty lines of YAML
-- from: the "billion laughs" of XML parsers; generated attacks: two seconds in one call
-- expect: limit memory
local s = "a0: &a0 [x, x]\n"
for i = 1, 40 do s = s .. ("a%d: &a%d [*a%d, *a%d]\n"):format(i, i, i - 1, i - 1) end
while true do require("yaml").decode(s) end
