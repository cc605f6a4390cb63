-- An array of booleans: the primes below a number.
local limit, composite, count = 200000, {}, 0
for i = 2, limit do
  if not composite[i] then
    count = count + 1
    if i <= limit / i then -- else i * i may be too large for an integer of 32 bits
      for j = i * i, limit, i do composite[j] = true end
    end
  end
end
return count
