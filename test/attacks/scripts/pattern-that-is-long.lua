-- tries: to have a pattern of millions of characters compiled
-- from: generated attacks: what stands for a character takes fifty times as much as the character
-- expect: limit memory
string.gmatch("x", ("a\n"):rep(2 << 20))()
