-- tries: Prints without end.
-- from: our threat model
-- expect: limit output
-- with: {"output": "1MiB", "timeout": 20000}
while true do print(("x"):rep(1000)) end
