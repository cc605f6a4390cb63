-- tries: Unpacks strings whose length goes far beyond the end.
-- from: our own search
-- expect: result "contained"
for n = 1, 16 do
  assert(not pcall(string.unpack, "<s" .. n, ("\255"):rep(40)))
  assert(not pcall(string.unpack, ">s" .. n, "\127" .. ("\255"):rep(40)))
end
return "contained"
