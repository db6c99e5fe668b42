-- A server's data have a lineage: the id of its replication. Every promotion begins another one, in which acknowledged
-- changes may be missing. A planned switch after which none is missing continues the old one: `KEYS[#KEYS]` (hash) names
-- for a lineage the one that it continues.
local lineage_length, longest_chain = 10, 8

local function own_lineage()
  return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
end

-- Whether all that was done under a lineage is here.
local function has_lineage(lineage)
  local current = own_lineage()
  for _ = 1, longest_chain do
    if string.sub(current, 1, lineage_length) == lineage then return true end
    current = redis.call('HGET', KEYS[#KEYS], current)
    if not current then return false end
  end
  return false
end
