-- tries: Compiles a source of fifty million bytes.
-- from: our threat model
-- expect: limit memory
return load(("a=b;"):rep(1e7))
