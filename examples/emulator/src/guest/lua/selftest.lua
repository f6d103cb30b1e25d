-- SPDX-License-Identifier: Apache-2.0
--
-- A self-checking tour of Lua 5.4 for the emulator: strings, tables, closures, coroutines, errors,
-- garbage collection, integers and floats, and two small computations. The output is the same on
-- every machine. Usage: lua selftest.lua [BODIES] (steps of the n-body computation, default 2000).
-- The script can also be read from standard input: lua - <selftest.lua

local failures = 0

local function check(name, found, expected)
  if found == expected then
    print("ok " .. name .. ": " .. tostring(found))
  else
    failures = failures + 1
    print("FAILED " .. name .. ": " .. tostring(found) .. " instead of " .. tostring(expected))
  end
end

-- A checksum of a string: Adler-32.
local function adler(text)
  local a, b = 1, 0
  for i = 1, #text do
    a = (a + text:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return b << 16 | a
end

-- strings -----------------------------------------------------------------------------------------

local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do
  words[#words + 1] = word:sub(1, 1):upper() .. word:sub(2)
end
check("words", table.concat(words, "-"), "The-Quick-Brown-Fox-Jumps-Over-The-Lazy-Dog")
check("adler", string.format("%08x", adler("Wikipedia")), "11e60398")
check("gsub", ("key=value; other=thing"):gsub("(%w+)=(%w+)", "%2=%1"), "value=key; thing=other")
check("find", select(2, ("x = [[long]] y"):find("%[%[.-%]%]")), 12)
check("format", string.format("%5d|%-5s|%05.1f|%x|%q", 42, "ab", 3.14159, 255, "a\nb"),
  "   42|ab   |003.1|ff|\"a\\\nb\"")
check("pack", (string.pack("<i4z", -2, "end"):gsub(".", function(c)
  return string.format("%02x", c:byte())
end)), "feffffff656e6400")
check("utf8", utf8.len("größer → 大"), 10)
check("rep", adler(("0123456789"):rep(20000)), 1865564417)

-- tables ------------------------------------------------------------------------------------------

local random = 12345
local function next_random()
  random = (random * 1103515245 + 12345) & 0x7fffffff
  return random >> 8
end

local numbers = {}
for i = 1, 5000 do numbers[i] = next_random() % 100000 end
table.sort(numbers)
local sorted = true
for i = 2, #numbers do sorted = sorted and numbers[i - 1] <= numbers[i] end
check("sort", sorted, true)
table.sort(numbers, function(a, b) return a > b end)
check("sort downwards", numbers[1] >= numbers[#numbers], true)

local sparse = {}
for i = 1, 2000 do sparse[i * i] = i end
for i = 1, 2000, 2 do sparse[i * i] = nil end
local count, sum = 0, 0
for key, value in pairs(sparse) do
  count = count + 1
  sum = sum + key // value
end
check("sparse", count .. " " .. sum, "1000 1001000")
check("unpack", select("#", table.unpack({}, 1, 200)), 200)
check("move", table.concat(table.move({ 1, 2, 3, 4 }, 2, 4, 1), ","), "2,3,4,4")

local vector = {}
vector.__index = vector
vector.__add = function(a, b) return setmetatable({ x = a.x + b.x, y = a.y + b.y }, vector) end
vector.__eq = function(a, b) return a.x == b.x and a.y == b.y end
vector.__tostring = function(a) return "(" .. a.x .. ", " .. a.y .. ")" end
local function point(x, y) return setmetatable({ x = x, y = y }, vector) end
check("metatables", tostring(point(1, 2) + point(3, 4)), "(4, 6)")
check("equality", point(1, 2) == point(1, 2), true)

-- closures ----------------------------------------------------------------------------------------

local function counter(step)
  local value = 0
  return function() value = value + step; return value end, function() return value end
end
local up, look = counter(3)
for _ = 1, 100 do up() end
check("closures", look(), 300)

local function compose(...)
  local functions = { ... }
  return function(value)
    for _, f in ipairs(functions) do value = f(value) end
    return value
  end
end
check("compose", compose(function(v) return v + 1 end, function(v) return v * v end, tostring)(6), "49")

-- coroutines --------------------------------------------------------------------------------------

-- The sieve of Eratosthenes, one coroutine for each prime.
local function naturals()
  return coroutine.wrap(function()
    for i = 2, math.huge do coroutine.yield(i) end
  end)
end
local function without_multiples(prime, source)
  return coroutine.wrap(function()
    for n in source do
      if n % prime ~= 0 then coroutine.yield(n) end
    end
  end)
end
local primes, source = {}, naturals()
for i = 1, 60 do
  primes[i] = source()
  source = without_multiples(primes[i], source)
end
check("sieve", primes[60] // 1, 281)

local function permutations(items, n)
  if n <= 1 then
    coroutine.yield(table.concat(items))
  else
    for i = 1, n do
      items[i], items[n] = items[n], items[i]
      permutations(items, n - 1)
      items[i], items[n] = items[n], items[i]
    end
  end
end
local seen, permutation_count = {}, 0
for text in coroutine.wrap(function() permutations({ "a", "b", "c", "d", "e", "f" }, 6) end) do
  if not seen[text] then permutation_count = permutation_count + 1 end
  seen[text] = true
end
check("permutations", permutation_count, 720)

-- errors ------------------------------------------------------------------------------------------

local ok, message = pcall(function() error({ code = 7 }) end)
check("error object", not ok and message.code, 7)
check("error text", select(2, pcall(error, "plain", 0)), "plain")
check("handler", select(2, xpcall(function() local t; return t.x end, function() return "handled" end)),
  "handled")
local closed = {}
pcall(function()
  local resource <close> = setmetatable({}, { __close = function() closed[1] = "closed" end })
  error(resource)
end)
check("to be closed", closed[1], "closed")
local function deep(n) return 1 + deep(n + 1) end
check("stack overflow", pcall(deep, 1), false)

-- garbage collection ------------------------------------------------------------------------------

local finalised = 0
local weak = setmetatable({}, { __mode = "v" })
for i = 1, 200 do
  weak[i] = setmetatable({ ("x"):rep(1000) }, { __gc = function() finalised = finalised + 1 end })
end
local kept = weak[100]
collectgarbage()
collectgarbage()
local alive = 0
for _ in pairs(weak) do alive = alive + 1 end
check("weak", alive .. " " .. tostring(kept ~= nil), "1 true")
check("finalisers", finalised, 199)
collectgarbage("generational")
local tree_nodes = 0
local function tree(depth)
  tree_nodes = tree_nodes + 1
  if depth > 0 then return { tree(depth - 1), tree(depth - 1) } end
  return {}
end
for _ = 1, 4 do tree(12) end
collectgarbage("incremental")
check("trees", tree_nodes, 4 * (2 ^ 13 - 1) // 1 | 0)
collectgarbage()
check("memory is given back", collectgarbage("count") < 4096, true)

-- numbers -----------------------------------------------------------------------------------------

check("wrap around", math.maxinteger + 1 == math.mininteger, true)
check("division", table.concat({ 7 // 2, -7 // 2, 7 % -3, -7 % 3 }, " "), "3 -4 -2 2")
check("bits", string.format("%x", 0xf0 ~ 0xff | 1 << 40 >> 3), "200000000f")
check("float text", string.format("%.17g %g %s", 0.1, 1e100, 1e15), "0.10000000000000001 1e+100 1e+15")
check("tonumber", tonumber("0x1p4") + tonumber("  12  ") + tonumber("z", 36), 63.0)
check("square root", string.format("%.15f", math.sqrt(2)), "1.414213562373095")
check("not a number", 0 / 0 ~= 0 / 0, true)

-- fannkuch: the greatest number of prefix reversals over all permutations ------------------------

local function fannkuch(n)
  local p, q, s, sign, greatest, total = {}, {}, {}, 1, 0, 0
  for i = 1, n do p[i] = i; q[i] = i; s[i] = i end
  while true do
    local first = p[1]
    if first ~= 1 then
      for i = 2, n do q[i] = p[i] end
      local flips = 1
      while true do
        local next_first = q[first]
        if next_first == 1 then
          total = total + sign * flips
          if flips > greatest then greatest = flips end
          break
        end
        q[first] = first
        if first >= 4 then
          local i, j = 2, first - 1
          repeat
            q[i], q[j] = q[j], q[i]
            i = i + 1
            j = j - 1
          until i >= j
        end
        first = next_first
        flips = flips + 1
      end
    end
    if sign == 1 then
      p[2], p[1] = p[1], p[2]
      sign = -1
    else
      p[2], p[3] = p[3], p[2]
      sign = 1
      for i = 3, n do
        if s[i] ~= 1 then
          s[i] = s[i] - 1
          break
        end
        if i == n then return total, greatest end
        s[i] = i
        table.insert(p, i + 1, table.remove(p, 1))
      end
    end
  end
end
local total, greatest = fannkuch(7)
check("fannkuch", total .. " " .. greatest, "228 16")

-- bodies: gravity among three bodies; energy has to stay what it was -----------------------------

local function bodies(steps)
  local stars = {
    { m = 1.0, x = 0.0, y = 0.0, z = 0.0, u = 0.0, v = -0.02, w = 0.0 },
    { m = 0.1, x = 1.0, y = 0.0, z = 0.1, u = 0.0, v = 1.0, w = 0.0 },
    { m = 0.01, x = 0.0, y = 2.0, z = 0.0, u = -0.7, v = 0.0, w = 0.1 },
  }
  local function energy()
    local e = 0
    for i, a in ipairs(stars) do
      e = e + 0.5 * a.m * (a.u * a.u + a.v * a.v + a.w * a.w)
      for j = i + 1, #stars do
        local b = stars[j]
        local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        e = e - a.m * b.m / math.sqrt(dx * dx + dy * dy + dz * dz)
      end
    end
    return e
  end
  local before, dt = energy(), 0.001
  for _ = 1, steps do
    for i, a in ipairs(stars) do
      for j = i + 1, #stars do
        local b = stars[j]
        local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        local square = dx * dx + dy * dy + dz * dz
        local f = dt / (square * math.sqrt(square))
        a.u, a.v, a.w = a.u - dx * b.m * f, a.v - dy * b.m * f, a.w - dz * b.m * f
        b.u, b.v, b.w = b.u + dx * a.m * f, b.v + dy * a.m * f, b.w + dz * a.m * f
      end
    end
    for _, a in ipairs(stars) do
      a.x, a.y, a.z = a.x + dt * a.u, a.y + dt * a.v, a.z + dt * a.w
    end
  end
  return math.abs(energy() - before)
end
check("bodies", bodies(tonumber(arg and arg[1]) or 2000) < 0.0005, true)

print(failures == 0 and "lua: all ok" or "lua: FAILED")
os.exit(failures == 0)
