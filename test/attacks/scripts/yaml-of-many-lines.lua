-- tries: Reads a text of YAML whose one word has hundreds of thousands of lines.
-- from: attacks on the readers; 216 MiB of garbage under a limit of 32
-- expect: limit memory
local s = "a: >\n" .. ("  x\n\n"):rep(2e5)
while true do require("yaml").decode(s) end
