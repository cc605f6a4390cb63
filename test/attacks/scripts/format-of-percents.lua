-- tries: Formats a template of millions of directives.
-- from: our threat model
-- expect: limit memory, stringLength
return ("%%"):rep(2e7):format()
