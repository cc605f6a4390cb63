-- tries: Compiles short patterns that are huge when their repetitions are written out.
-- from: our threat model; CWE-1333
-- expect: limit time
local compile = require("text").regexp.compile
while true do
  for _, pattern in ipairs({ "(a{1000}){1000}", "(?:" .. (".[ab]"):rep(190) .. "){1000}", (".{0,1000}"):rep(100) }) do
    assert(not compile(pattern))
  end
  assert(compile(".{0,1000}.{0,1000}"))
  assert(compile(("(?i)[\\pL\\pN]"):rep(80)))
end
