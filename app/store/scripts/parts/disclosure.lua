-- What a script is about to tell may have been written over another connection, and no replica may have it yet. A write of
-- its own, which changes nothing, makes the `WAIT` that follows cover what it tells. (Where a connection has written
-- nothing, Valkey 9 answers `WAIT` at once.)
local function touch(key)
  redis.call('PEXPIREAT', key, integer(redis.call('PEXPIRETIME', key)), 'XX')
end
