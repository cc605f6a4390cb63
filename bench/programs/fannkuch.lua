-- Integers in arrays: how often the first so many of a permutation can be turned around, at most.
local n = 8
local permutation, turned, counts = {}, {}, {}
for i = 1, n do permutation[i], counts[i] = i, i end
local most, sum, sign = 0, 0, 1
while true do
  local first = permutation[1]
  if first ~= 1 then
    for i = 2, n do turned[i] = permutation[i] end
    local flips = 1
    while true do
      local next = turned[first]
      if next == 1 then break end
      turned[first] = first
      local i, j = 2, first - 1
      while i < j do
        turned[i], turned[j] = turned[j], turned[i]
        i, j = i + 1, j - 1
      end
      first = next
      flips = flips + 1
    end
    if flips > most then most = flips end
    sum = sum + sign * flips
  end
  if sign == 1 then
    permutation[1], permutation[2] = permutation[2], permutation[1]
    sign = -1
  else
    permutation[2], permutation[3] = permutation[3], permutation[2]
    sign = 1
    local i = 3
    while counts[i] == 1 do
      if i == n then return sum .. " " .. most end
      counts[i] = i
      local head = permutation[1]
      for k = 1, i do permutation[k] = permutation[k + 1] end
      permutation[i + 1] = head
      i = i + 1
    end
    counts[i] = counts[i] - 1
  end
end
