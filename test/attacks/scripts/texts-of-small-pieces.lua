-- tries: Has a large table written as JSON and as YAML, of which each piece is a character or two.
-- from: our own measurements: the text was a tree of its pieces, ten times its length, until it was complete
-- expect: limit time, memory
-- grows by at most: 120
local json, yaml, leaf = require("json"), require("yaml"), { 1 }
for _ = 1, 16 do leaf = { leaf, leaf } end
local nested = {}
for i = 1, 4e5 do nested[i] = i end
while true do
  json.encode(nested)
  yaml.encode(nested)
  json.encode(leaf)
  yaml.encode(leaf)
end
