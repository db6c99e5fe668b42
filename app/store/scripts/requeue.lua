-- Queues a message that a process had in hand when its verification was taken over, and has not delivered.
-- Parts clock lineage recipient verification outbox
-- KEYS  1 verification  2 recipient  3 outbox stream  4 continued lineages
-- ARGV  1 tag  2 id  3 sealed code  4 sealed address  5 resends that had been made when it was queued first
--       6 provider to avoid, or ''  7 channel, '' for the one of the sealed address  8 tombstone ms
-- Reply 1 queued, 0 if nobody waits for it any more
-- Keeps: a message that a resend has replaced, that is known to be sent or whose code has ended is not queued.
local at = now()
local verification = read_verification(KEYS[1])
if not verification or verification.delivery ~= 'q' or verification.resends ~= tonumber(ARGV[5]) then return 0 end
if status_at(verification, read_recipient(KEYS[2], verification.context), ARGV[1], at) ~= 'p' then return 0 end
queue(KEYS[3], ARGV[2], ARGV[3], ARGV[4], verification.expires, verification.resends, ARGV[6], ARGV[7],
  verification.expires - at + ARGV[8])
return 1
