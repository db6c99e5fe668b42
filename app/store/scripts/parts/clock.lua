-- This server's clock, in ms since 1970.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A number as Redis takes it. Redis itself would write it with 17 digits, which takes it four times as long.
local function integer(number)
  return string.format('%d', number)
end
