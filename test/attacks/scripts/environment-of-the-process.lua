-- tries: Reads the environment of the process.
-- from: our threat model
-- expect: result "contained"
for _, name in ipairs({ "PATH", "HOME", "USER", "PWD", "" }) do assert(os.getenv(name) == nil) end
return "contained"
