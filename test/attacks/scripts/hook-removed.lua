-- tries: Removes the hook that counts instructions. One of the twelve.
-- from: our threat model
-- expect: error attempt to call a nil value (field 'sethook')
return debug.sethook()
