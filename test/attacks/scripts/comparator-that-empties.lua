-- tries: Empties the table in the comparator of its sort, or makes it longer.
-- from: our own search
-- expect: result "contained"
for round = 1, 20 do
  local t = {}
  for i = 1, 500 do t[i] = (i * 7919) % 503 end
  local calls = 0
  pcall(table.sort, t, function(a, b)
    calls = calls + 1
    if calls == 10 * round then for i = #t, 1, -1 do t[i] = nil end end
    if calls % 50 == 0 then t[#t + 1] = calls end
    return a < b
  end)
end
return "contained"
