-- Reads a verification.
-- Parts clock disclosure lineage recipient verification
-- KEYS  1 verification  2 recipient  3 continued lineages
-- ARGV  1 tag
-- Reply found | not_found
-- Keeps: changes nothing; a read makes no code live longer. What is final is told only once the replicas have it.
local verification = read_verification(KEYS[1])
if not verification then return {'not_found'} end
local replied = reply('found', 0, verification, read_recipient(KEYS[2], verification.context), ARGV[1], now())
if replied[STATUS] ~= 'p' then touch(KEYS[1]) end
return replied
