-- tries: Dumps a function to bytecode, which could then be changed and loaded.
-- from: our threat model; CVE-2015-4335 (Redis ran bytecode that a script had forged)
-- expect: error attempt to call a nil value (field 'dump')
return string.dump(function() end)
