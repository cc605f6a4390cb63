-- tries: Ends the script in the comparator of a sort.
-- from: our own search
-- expect: result null
table.sort({ 3, 2, 1 }, function() os.exit(0) end)
return "went on"
