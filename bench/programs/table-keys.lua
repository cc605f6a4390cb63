-- Keys made of text and looked up: what programs that keep records do.
local seen, hits = {}, 0
for i = 1, 100000 do
  local key = "user:" .. (i * 7919) % 20000 .. ":profile"
  if seen[key] then hits = hits + 1 end
  seen[key] = i
end
return hits
