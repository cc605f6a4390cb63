-- tries: Seeds the random numbers of the next script.
-- from: facts of the VM: Fengari keeps one seed for the process
-- expect: result "contained"
math.randomseed(42)
for _ = 1, 10 do math.random() end
return "contained"
