-- Never ends, and does not let itself be caught at it.
return function()
  while true do
    pcall(function()
      while true do end
    end)
  end
end
