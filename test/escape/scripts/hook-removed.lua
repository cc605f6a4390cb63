-- none
return debug.sethook()
