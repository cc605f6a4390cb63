-- tries: Replaces by millions of empty captures.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 0, "instructions": 1000000}
return ("aaaa"):gsub("()a?()", ("%1"):rep(1e5)), ("b"):gsub("(x*)b", ("%1"):rep(3e6))
