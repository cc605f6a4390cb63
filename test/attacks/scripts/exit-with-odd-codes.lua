-- tries: Gives odd things as the code of its end.
-- from: our own search
-- expect: result "contained"
for _, code in ipairs({ {}, "x", 1 / 0, -1 / 0, 0 / 0, 1.5, 2^63, print }) do
  local ok = pcall(os.exit, code)
  assert(not ok, tostring(code))
end
return "contained"
