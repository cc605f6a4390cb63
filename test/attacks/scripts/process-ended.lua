-- tries: Ends the process. One of the twelve.
-- from: our threat model
-- expect: error attempt to call a nil value (field 'exit')
return os.exit(1)
