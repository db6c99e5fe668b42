-- Notes that this server's lineage continues another one.
-- Parts lineage
-- KEYS  1 continued lineages
-- ARGV  1 this server's lineage, as it was a moment ago  2 the one that it continues  3 how long that is known ms
-- Reply 1, or 0 if this server has another lineage by now, or yet another one is known to continue that one
-- Keeps: nothing is continued by a server that has been replaced, or has replaced another, meanwhile. A lineage is continued
--        once, until its data are back: who hears of it late may find the data already with a third server, or with one
--        that has been promoted since and may lack what was done last.
if own_lineage() ~= ARGV[1] then return 0 end
local noted = redis.call('HGETALL', KEYS[1])
for i = 1, #noted, 2 do
  if noted[i + 1] == ARGV[2] and noted[i] ~= ARGV[1] then return 0 end
end
for i = 1, #noted, 2 do
  -- From when the same data left here: what has been done here since is not in it, nor in what may come of it.
  if noted[i + 1] == ARGV[1] then redis.call('HDEL', KEYS[1], noted[i]) end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
