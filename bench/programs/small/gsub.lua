-- Substitution by text, a table and a function.
local text = ("the quick brown fox jumps over the lazy dog "):rep(4)
local words = { quick = "slow", lazy = "busy" }
local length = 0
for i = 1, 60 do
  length = length + #text:gsub("o", "0")
  length = length + #text:gsub("%a+", words)
  length = length + #text:gsub("(%a)(%a*)", function(first, rest) return first:upper() .. rest end)
end
return length
