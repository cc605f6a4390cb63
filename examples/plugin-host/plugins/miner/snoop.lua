-- Looks for a way out, and at other people's data.
return function(event)
  local found = {}
  for _, name in ipairs({ "io", "dofile", "loadfile" }) do
    if _G[name] ~= nil then found[#found + 1] = name end
  end
  if os.execute or os.getenv("HOME") then found[#found + 1] = "os" end
  if package.loadlib or package.searchers then found[#found + 1] = "package" end
  if #found > 0 then return "found " .. table.concat(found, ", ") end
  return require("store").get("shop:orders")
end
