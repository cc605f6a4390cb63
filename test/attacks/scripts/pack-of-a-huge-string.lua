-- tries: Packs a string into two gigabytes.
-- from: our threat model
-- expect: limit memory, stringLength
return string.pack("c2147483647", "x")
