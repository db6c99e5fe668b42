-- Moves a record into the past, so that it is as old as if the server's clock had gone on.
-- Tests only: the clock of a real server cannot be moved.
-- KEYS  1 record  2 of a verification: those whose end is to be announced
-- ARGV  1 ms  2 v: a verification, r: a recipient, l: a rate limit  3 the verification's id
local by, key = tonumber(ARGV[1]), KEYS[1]
local ends = redis.call('PEXPIRETIME', key)
if ends < 0 then return end
local function earlier(at) return at > 0 and math.max(1, at - by) or at end

if ARGV[2] == 'v' then
  local v = read_verification(key)
  v.expires, v.created, v.updated = v.expires - by, v.created - by, v.updated - by
  write_verification(key, v)
  redis.call('ZADD', KEYS[2], 'XX', 'INCR', -by, ARGV[3])
elseif ARGV[2] == 'l' then
  redis.call('SET', key, integer(redis.call('GET', key) - by * 1000), 'KEEPTTL')
else
  local r = read_recipient(key, '')
  r.sendable, r.ends = earlier(r.sendable), r.ends - by
  for _, code in ipairs(r.codes) do code[EXPIRES] = code[EXPIRES] - by end
  for name, budget in pairs(r.contexts) do r.contexts[name] = {budget[1], earlier(budget[2]), earlier(budget[3])} end
  -- Or the budget that was read would be written over what has become of it.
  r.failed = 0
  redis.call('SET', key, cmsgpack.pack(r.failures, r.blocked, r.sendable, r.ends, r.codes, r.contexts), 'KEEPTTL')
end
redis.call('PEXPIREAT', key, integer(ends - by))
