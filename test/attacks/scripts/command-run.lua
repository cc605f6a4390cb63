-- tries: Runs a command. One of the twelve.
-- from: our threat model
-- expect: error attempt to call a nil value (field 'execute')
return os.execute("true")
