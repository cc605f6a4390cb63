-- tries: Reads the environment of the process.
-- from: our threat model
-- expect: error attempt to call a nil value (field 'getenv')
return os.getenv("PATH")
