-- tries: Loops in the iterator of a for.
-- from: our threat model
-- expect: limit time
while true do
  pcall(function()
    for _ in function() while true do end end do end
  end)
end
