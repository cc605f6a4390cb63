-- Floats in the fields of tables: the sun, two planets and their pull on each other.
local bodies = {
  { x = 0, y = 0, z = 0, vx = 0, vy = 0, vz = 0, mass = 39.478 },
  { x = 4.841, y = -1.16, z = -0.103, vx = 0.606, vy = 2.812, vz = -0.025, mass = 0.0377 },
  { x = 8.343, y = 4.124, z = -0.403, vx = -1.01, vy = 1.825, vz = 0.0084, mass = 0.0113 },
  { x = 12.894, y = -15.111, z = -0.223, vx = 1.082, vy = 0.868, vz = -0.0108, mass = 0.0017 },
  { x = 15.379, y = -25.919, z = 0.179, vx = 0.979, vy = 0.594, vz = -0.0347, mass = 0.002 },
}
local function advance(dt)
  for i = 1, #bodies do
    local a = bodies[i]
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local d2 = dx * dx + dy * dy + dz * dz
      local pull = dt / (d2 * math.sqrt(d2))
      a.vx, a.vy, a.vz = a.vx - dx * b.mass * pull, a.vy - dy * b.mass * pull, a.vz - dz * b.mass * pull
      b.vx, b.vy, b.vz = b.vx + dx * a.mass * pull, b.vy + dy * a.mass * pull, b.vz + dz * a.mass * pull
    end
  end
  for i = 1, #bodies do
    local a = bodies[i]
    a.x, a.y, a.z = a.x + dt * a.vx, a.y + dt * a.vy, a.z + dt * a.vz
  end
end
for _ = 1, 2000 do advance(0.01) end
return math.floor(bodies[1].x * 1e9)
