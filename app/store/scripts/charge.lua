-- Charges a rate limit that lies on another server than what it limits.
-- Parts clock limit
-- KEYS  1 rate limit  2 what became of the same request
-- ARGV  1 count  2 period ms  3 how long the request is known ms
-- Reply what is left, -1 if it refuses; when all of it is back, or the next; this server's clock
-- Keeps: a request that comes again, or twice at once, is charged once.
local known = redis.call('GET', KEYS[2])
if known then return {cmsgpack.unpack(known)} end
local at = now()
local left, instant = charge(KEYS[1], ARGV[1], tonumber(ARGV[2]), at)
left = left or -1
if left >= 0 then redis.call('SET', KEYS[2], cmsgpack.pack(left, instant, at), 'PX', ARGV[3]) end
return {left, instant, at}
