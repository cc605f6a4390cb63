-- stringLength,memory
local s = ("x"):rep(3e7)
return ("%s%s%s%s"):format(s, s, s, s)
