-- Queues the event of a verification's end, if it has ended and that has not been announced.
-- Parts clock lineage recipient verification
-- KEYS  1 verification  2 recipient  3 outbox stream  4 verifications to be announced  5 continued lineages
-- ARGV  1 tag  2 id  3 how long the event is worth telling ms
-- Reply queued | pending | nothing
-- Keeps: an end is announced once, whoever finds it and however often; what is still pending is looked at again at its
--        expiry. A cancellation and a supersession are the caller's own doing: they are no event.
if redis.call('ZSCORE', KEYS[4], ARGV[2]) == false then return 'nothing' end
local verification = read_verification(KEYS[1])
local at = now()
local status = verification and status_at(verification, read_recipient(KEYS[2], verification.context), ARGV[1], at)
if status == 'p' then
  redis.call('ZADD', KEYS[4], integer(verification.expires), ARGV[2])
  return 'pending'
end
redis.call('ZREM', KEYS[4], ARGV[2])
if status ~= 'a' and status ~= 'l' and status ~= 'x' and status ~= 'u' then return 'nothing' end
local ends = at + ARGV[3]
redis.call('XADD', KEYS[3], '*', 'i', ARGV[2], 'v', status, 'e', integer(ends))
if redis.call('PEXPIRE', KEYS[3], ARGV[3], 'GT') == 0 then redis.call('PEXPIRE', KEYS[3], ARGV[3], 'NX') end
return 'queued'
