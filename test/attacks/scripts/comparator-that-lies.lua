-- tries: Sorts with comparators that answer at random, always, and never.
-- from: our own search
-- expect: result "contained"
for _, answer in ipairs({ function() return true end, function() return false end, function() return math.random(2) == 1 end, function(a, b) return a ~= b end, function(a) return a > 50 end }) do
  for n = 0, 300, 7 do
    local t = {}
    for i = 1, n do t[i] = i % 97 end
    pcall(table.sort, t, answer)
    assert(#t == n)
  end
end
return "contained"
