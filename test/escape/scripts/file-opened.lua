-- none
return io.open("/etc/passwd")
