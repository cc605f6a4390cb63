-- tries: has the script measured while its stack grows, which gives up the slots that no frame has
-- from: our own attack
-- expect: result "done"
local keep
for _ = 1, 3000 do
  keep = select(2, pcall(error, { keep, table.pack(("x"):rep(1000):byte(1, 1000)) }))
end
return keep and "done"
