-- tries: Loops. One of the twelve.
-- from: our threat model
-- expect: limit time
while true do end
