-- Queues a message; `avoid` is a provider that it had better not go to, or ''; `channel` is '' where it is the one in the
-- sealed address. The stream lives on for `ms` at least: the first command sets that where it has an end already, the second
-- where it has none.
local function queue(key, id, code, address, expires, resends, avoid, channel, ms)
  redis.call('XADD', key, '*', 'i', id, 'c', code, 'a', address, 'e', integer(expires), 'r', integer(resends), 'p', avoid,
    'h', channel)
  if redis.call('PEXPIRE', key, ms, 'GT') == 0 then redis.call('PEXPIRE', key, ms, 'NX') end
end
