-- tries: Backtracks for ever within one call. One of the twelve.
-- from: our threat model; lua-users.org/wiki/SandBoxes
-- expect: limit time
return string.find(("a"):rep(40), ("a?"):rep(40) .. ("a"):rep(40))
