-- Shows that the store takes writes.
-- Parts clock
-- KEYS  1 a key that nothing else uses
-- Reply OK
-- Keeps: changes nothing of a verification.
return redis.call('SET', KEYS[1], now(), 'PX', 60000)
