-- tries: Has a text of half a million lines written as a block of YAML, again and again.
-- from: our own measurements: a pattern for all of the lines took 64 MiB beside every heap
-- expect: limit time, memory
-- grows by at most: 120
local encode, text = require("yaml").encode, { ("a\n"):rep(2 ^ 19 - 10) }
while true do encode(text) end
