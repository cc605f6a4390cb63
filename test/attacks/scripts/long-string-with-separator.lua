-- tries: Repeats an empty string with a long separator.
-- from: our threat model
-- expect: limit memory, stringLength
return (""):rep(100, ("x"):rep(1e6))
