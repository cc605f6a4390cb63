-- none
return string.dump(function() end)
