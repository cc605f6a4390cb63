-- tries: Unpacks a string whose length is said to be negative.
-- from: our threat model
-- expect: result "contained"
pcall(string.unpack, "s4s4s4", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
pcall(string.unpack, "s4", "\x00\x00\x00\x80")
return "contained"
