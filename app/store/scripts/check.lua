-- Checks a code.
-- Parts clock disclosure lineage recipient verification request
-- KEYS  1 verification  2 recipient  3 idempotency record (any key if there is none)  4 continued lineages
-- ARGV  1 tag  2 MAC of the presented code  3 tombstone ms  4 failures that block the recipient
--       5 failure from which on waits begin  6 first wait ms  7 longest wait ms  8 first wait after a round ms
--       9 longest wait after a round ms  10 how long a failure is remembered ms  11 MAC of the binding, or ''
--       12 fingerprint of the request, or ''  13 how long it is known ms
-- Reply approved | incorrect | binding_mismatch | too_soon, until | final | not_found | idempotency_conflict
-- Keeps: one approval at most; a failure is counted in the same step as it is found, on the verification and on the
--        recipient; nothing is counted while a wait runs, and a repetition of a request counts nothing; with another
--        binding the code is not looked at. The comparison is of keyed MACs, which the caller cannot choose: the time
--        that it takes says nothing about the code.
local tag, fingerprint = ARGV[1], ARGV[12]
local replayed = replay(KEYS[3], fingerprint)
if replayed then return replayed end
local verification = read_verification(KEYS[1])
if not verification then return {'not_found'} end
local recipient = read_recipient(KEYS[2], verification.context)
local at = now()
if status_at(verification, recipient, tag, at) ~= 'p' then
  touch(KEYS[1])
  return reply('final', 0, verification, recipient, tag, at)
end
local wait = math.max(recipient.checkable, recipient.locked)
if wait > at then return reply('too_soon', wait, verification, recipient, tag, at) end

local bound = verification.binding == ARGV[11]
local kind
if bound and verification.mac == ARGV[2] then
  kind = 'approved'
  clear_budget(recipient)
  finish(verification, recipient, tag, 'a')
  -- Nothing is to be remembered now but the codes: the record ends with the last of them.
  local last = at
  for _, code in ipairs(recipient.codes) do last = math.max(last, code[EXPIRES]) end
  recipient.ends = last + ARGV[3]
else
  kind = bound and 'incorrect' or 'binding_mismatch'
  local attempts, from = verification.attempts, tonumber(ARGV[5])
  recipient.failures, recipient.failed = recipient.failures + 1, recipient.failed + 1
  recipient.checkable, recipient.locked = 0, 0
  recipient.blocked = recipient.failures >= tonumber(ARGV[4])
  local ends_round = recipient.failed % attempts == 0
  if ends_round then
    recipient.locked = at + math.min(ARGV[8] * 2 ^ (recipient.failed / attempts - 1), ARGV[9])
  elseif recipient.failed >= from then
    recipient.checkable = at + math.min(ARGV[6] * 2 ^ (recipient.failed - from), ARGV[7])
  end
  recipient.ends = math.max(recipient.ends, at + ARGV[10])
  verification.failed = verification.failed + 1
  if ends_round or recipient.blocked or verification.failed >= attempts then
    finish(verification, recipient, tag, 'l')
  end
end
write_verification(KEYS[1], verification)
write_recipient(KEYS[2], recipient)
return remember(KEYS[3], fingerprint, ARGV[13], reply(kind, 0, verification, recipient, tag, at))
