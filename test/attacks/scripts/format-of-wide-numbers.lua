-- tries: Asks for a number of 99999 digits.
-- from: our threat model; lua-users.org/wiki/SandBoxes
-- expect: error invalid format (width or precision too long)
return ("%99999d"):format(1), ("%.99999f"):format(1)
