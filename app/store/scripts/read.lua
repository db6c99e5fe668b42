-- Reads a verification.
-- Parts clock recipient verification
-- KEYS  1 verification  2 recipient
-- ARGV  1 tag
-- Reply found | not_found
-- Keeps: changes nothing; a read makes no code live longer.
local verification = read_verification(KEYS[1])
if not verification then return {'not_found'} end
return reply('found', 0, verification, read_recipient(KEYS[2], verification.context), ARGV[1], now())
