-- tries: Gives names of millions of bytes that are no UTF-8.
-- from: our threat model, found in our own search
-- expect: limit memory | result "contained"
local bytes = ("\xff"):rep(2e6)
local store = require("store")
store.get(bytes)
store.get("app:cache"):get(bytes)
pcall(require, bytes)
local e = errors.new(bytes)
assert(#e:message() == #bytes)
return "contained"
