-- stringLength,memory
local s = ("x"):rep(3e7)
print(s, s, s, s, s, s, s, s, s, s)
