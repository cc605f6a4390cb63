-- tries: Writes a date by a format of millions of directives.
-- from: our threat model
-- expect: error format longer than
return os.date(("%c"):rep(1e6))
