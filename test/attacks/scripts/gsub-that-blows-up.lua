-- tries: Replaces each of a million characters by a million. One of the twelve.
-- from: our threat model
-- expect: limit memory, stringLength
return ("x"):rep(1e6):gsub(".", ("y"):rep(1e6))
