-- A server's data have a lineage: the id of its replication. Every promotion begins another one, in which acknowledged
-- changes may be missing. A planned switch after which none is missing continues the old one: `KEYS[#KEYS]` (hash) names
-- for a lineage the one that it continues. Its field `switching` is written before such a switch: the lineage that it
-- will end, and by when (ms since 1970) it is known whether the new one continues that.
local lineage_length, longest_chain, longest_switch = 10, 8, 10000

local function own_lineage(info)
  return string.match(info or redis.call('INFO', 'replication'), 'master_replid:(%x+)')
end

-- Whether all that was done under a lineage is in the data of another one.
local function continues(current, lineage)
  for _ = 1, longest_chain do
    if string.sub(current, 1, lineage_length) == lineage then return true end
    current = redis.call('HGET', KEYS[#KEYS], current)
    if not current then return false end
  end
  return false
end

-- Whether all that was done under a lineage is here. While nobody can know that yet, the script ends, and has done nothing:
-- it is not to write anything before it asks. A time that is further away than any switch takes is another clock's: no
-- code waits for it.
local function has_lineage(lineage)
  local info = redis.call('INFO', 'replication')
  if continues(own_lineage(info), lineage) then return true end
  local ended, known_at = string.match(redis.call('HGET', KEYS[#KEYS], 'switching') or '', '^(%x+) (%d+)$')
  if not ended or ended ~= string.match(info, 'master_replid2:(%x+)') or not continues(ended, lineage) then return false end
  local left = known_at - now()
  if left > 0 and left <= longest_switch then
    error({err = 'SWITCHING whether this server has all that the last one had is not known yet'})
  end
  return false
end
