-- tries: Moves two thousand million entries that are not there.
-- from: our threat model
-- expect: limit time
table.move({}, 1, 2000000000, 2)
