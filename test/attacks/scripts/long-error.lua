-- tries: Raises a string of a million bytes.
-- from: our threat model
-- expect: error xxxx
error(("x"):rep(1e6), 0)
