-- Cancels a pending verification. Again: the same answer.
-- Parts clock disclosure lineage recipient verification
-- KEYS  1 verification  2 recipient  3 continued lineages
-- ARGV  1 tag
-- Reply canceled | final | not_found
-- Keeps: what is final stays so. The failures stay: canceling gives no attempts back.
local tag = ARGV[1]
local verification = read_verification(KEYS[1])
if not verification then return {'not_found'} end
local recipient = read_recipient(KEYS[2], verification.context)
local at = now()
local status = status_at(verification, recipient, tag, at)
if status ~= 'p' then touch(KEYS[1]) end
if status ~= 'p' and status ~= 'c' then return reply('final', 0, verification, recipient, tag, at) end
if status == 'p' then
  finish(verification, recipient, tag, 'c')
  write_verification(KEYS[1], verification)
  write_recipient(KEYS[2], recipient)
end
return reply('canceled', 0, verification, recipient, tag, at)
