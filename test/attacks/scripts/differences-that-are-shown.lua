-- tries: Shows the same long difference a hundred thousand times.
-- from: our threat model
-- expect: limit memory
local differ = assert(require("text").diff.new())
local difference, differences = { operation = "insert", text = ("<"):rep(1e4) }, {}
for i = 1, 1e5 do differences[i] = difference end
local _, err = differ:pretty_html(differences)
error(err)
