-- tries: Removes the hook that counts instructions. One of the twelve.
-- from: our threat model
-- expect: error attempt to index a nil value (global 'debug')
return debug.sethook()
