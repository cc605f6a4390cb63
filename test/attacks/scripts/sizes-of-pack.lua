-- tries: Packs and unpacks with the largest sizes.
-- from: our own search
-- expect: result "contained"
for _, f in ipairs({ "c2147483647", "c9223372036854775807", "i17", "!17i4", ("c2147483647"):rep(3), ("i16"):rep(10000), "s16", ("Xi16"):rep(1000), "!16" .. ("Xd"):rep(1000), "z", "j" .. (" "):rep(1e6), "c" .. ("9"):rep(1e5) }) do
  pcall(string.packsize, f)
  if not f:find("c%d") then pcall(string.pack, f, "x") end
  pcall(string.unpack, f, "x")
  pcall(string.unpack, f, ("\255"):rep(64), -1)
  pcall(string.unpack, f, ("\255"):rep(64), math.mininteger)
  pcall(string.unpack, f, ("\255"):rep(64), math.maxinteger)
end
return "contained"
