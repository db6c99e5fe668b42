-- Queues a message; `avoid` is a provider that it had better not go to, or ''; `channel` is '' where it is the one in the
-- sealed address. The stream lives on for `ms` at least. Its end is moved on by `stride` beyond that: to look is cheaper
-- than to write, which the replicas have to do as well.
local stride = 600000
local function queue(key, id, code, address, expires, resends, avoid, channel, ms)
  redis.call('XADD', key, '*', 'i', id, 'c', code, 'a', address, 'e', integer(expires), 'r', integer(resends), 'p', avoid,
    'h', channel)
  if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, integer(ms + stride)) end
end
