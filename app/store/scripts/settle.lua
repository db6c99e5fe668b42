-- Ends a message's time in the outbox and notes on its verification what became of it.
-- Parts clock lineage recipient verification
-- KEYS  1 verification  2 recipient  3 outbox stream  4 continued lineages
-- ARGV  1 tag  2 consumer group  3 stream entry, '' for one of another outbox  4 result: s sent,
--       f failed, x failed because its time was over, o obsolete  5 provider  6 resends that had been made when the
--       message was queued
-- Reply 1 if the message was still in the outbox, 0 if another worker settled it before
-- Keeps: the sealed message is gone in the step that notes its result; a message that a resend has replaced changes
--        nothing; only a pending verification becomes undeliverable, and not by the end of its time, which the worker's
--        clock may see a moment before this one: that is an expiry.
local at = now()
local verification, recipient, undeliverable
if ARGV[4] ~= 'o' then
  verification = read_verification(KEYS[1])
  if verification and (verification.resends ~= tonumber(ARGV[6]) or verification.delivery ~= 'q') then verification = nil end
end
if verification and ARGV[4] == 'f' then
  recipient = read_recipient(KEYS[2], verification.context)
  undeliverable = status_at(verification, recipient, ARGV[1], at) == 'p'
end

if ARGV[3] ~= '' then
  local settled = redis.call('XACK', KEYS[3], ARGV[2], ARGV[3])
  redis.call('XDEL', KEYS[3], ARGV[3])
  if settled == 0 then return 0 end
end
if not verification then return 1 end
verification.delivery, verification.updated = ARGV[4] == 'x' and 'f' or ARGV[4], at
if ARGV[5] ~= '' then verification.provider = ARGV[5] end
if undeliverable then
  finish(verification, recipient, ARGV[1], 'u')
  write_recipient(KEYS[2], recipient)
end
write_verification(KEYS[1], verification)
return 1
