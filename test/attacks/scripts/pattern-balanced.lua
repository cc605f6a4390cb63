-- tries: Matches `%b()` against a million open brackets, from each of them to the end.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 0, "instructions": 1000000}
return ("("):rep(1e6):find("%b()")
