-- tries: Backtracks within an instruction limit alone.
-- from: our threat model
-- expect: limit instructions
-- with: {"timeout": 0, "instructions": 100000}
return string.find(("a"):rep(40), ("a?"):rep(40) .. ("a"):rep(40))
