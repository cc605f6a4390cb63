-- tries: Asks for a string of a gigabyte. One of the twelve.
-- from: our threat model; lua-users.org/wiki/SandBoxes
-- expect: limit stringLength
return ("x"):rep(1e9)
