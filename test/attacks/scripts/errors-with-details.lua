-- tries: Keeps strings in the details of errors.
-- from: our threat model
-- expect: limit memory
local t = {}
while true do
  t[#t + 1] = errors.new({ message = "x", details = { s = ("x"):rep(1e5) .. #t } })
end
