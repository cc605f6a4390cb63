-- tries: Uses the same numbers as integers, floats, strings and more for keys.
-- from: our own search
-- expect: limit memory, time
local t = {}
for i = 1, 1e9 do
  t[i + 0.5] = i t[tostring(i)] = i t[-i] = i t[i * 2^40] = i t[i | math.mininteger] = i
end
