-- tries: Loops in coroutines, and swallows what resume answers. One of the twelve.
-- from: our threat model
-- expect: limit time
while true do
  coroutine.resume(coroutine.create(function() while true do end end))
  pcall(coroutine.wrap(function() while true do end end))
end
