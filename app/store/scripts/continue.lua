-- Notes that this server's lineage continues another one.
-- Parts lineage
-- KEYS  1 continued lineages
-- ARGV  1 this server's lineage, as it was a moment ago  2 the one that it continues  3 how long that is known ms
-- Reply 1, or 0 if this server has another lineage by now
-- Keeps: nothing is continued by a server that has been replaced, or has replaced another, meanwhile.
if own_lineage() ~= ARGV[1] then return 0 end
local noted = redis.call('HGETALL', KEYS[1])
for i = 1, #noted, 2 do
  -- From when the same data left here: what has been done here since is not in it, nor in what may come of it.
  if noted[i + 1] == ARGV[1] then redis.call('HDEL', KEYS[1], noted[i]) end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
