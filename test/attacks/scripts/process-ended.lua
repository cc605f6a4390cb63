-- tries: Ends the process. One of the twelve.
-- from: our threat model
-- expect: result null
return pcall(os.exit, 1)
