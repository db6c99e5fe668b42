-- Generic cell rate algorithm: a limit's record is the instant at which it is empty again, in µs. Charges it once.
-- Gives what is left and when all of it is back; or nil and when the next is.
local function charge(key, count, period, at)
  local full_at = math.max((redis.call('GET', key) or 0) / 1000, at) + period / count
  local waits = full_at - at
  if waits > period then return nil, math.ceil(full_at - period) end
  redis.call('SET', key, integer(full_at * 1000), 'PX', integer(math.ceil(waits)))
  return math.floor((period - waits) * count / period), math.ceil(full_at)
end
