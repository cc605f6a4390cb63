-- tries: Quotes a string that is all quotes.
-- from: our threat model
-- expect: limit memory, stringLength
return #("%q"):format(('"'):rep(2e7))
