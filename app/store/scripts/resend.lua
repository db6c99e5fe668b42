-- Sends another message for a verification: with a new code, or with the same one. Attempts and failures stay.
-- KEYS  1 verification  2 recipient  3 outbox stream  4 idempotency record (any key if there is none)
-- ARGV  1 tag  2 MAC of the new code  3 new code, sealed  4 id  5 lifetime ms  6 tombstone ms  7 resend interval ms
--       8 resends allowed  9 fingerprint of the request, or ''  10 how long it is known ms
--       11 1: send the same code again, if it was kept
-- Reply resent | not_delivered (the caller has the code) | limit_reached | recipient_locked, until | send_too_soon, until | final | not_found
--       | idempotency_conflict
-- Keeps: the old code ends in the step in which a new one begins; the same code does not live longer.
local tag, lifetime, tombstone, fingerprint = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[9]
local replayed = replay(KEYS[4], fingerprint)
if replayed then return replayed end
local verification = read_verification(KEYS[1])
if not verification then return {'not_found'} end
local recipient = read_recipient(KEYS[2], verification.context)
local at = now()
if status_at(verification, recipient, tag, at) ~= 'p' then return reply('final', 0, verification, recipient, tag, at) end
local sealed_address = read_pieces(KEYS[1], 'w')
if sealed_address == '' then return reply('not_delivered', 0, verification, recipient, tag, at) end
if verification.resends >= tonumber(ARGV[8]) then return reply('limit_reached', 0, verification, recipient, tag, at) end
if recipient.locked > at then return reply('recipient_locked', recipient.locked, verification, recipient, tag, at) end
if recipient.sendable > at then return reply('send_too_soon', recipient.sendable, verification, recipient, tag, at) end

local sealed_code = ARGV[11] == '1' and read_pieces(KEYS[1], 'k') or ''
if sealed_code == '' then
  sealed_code = ARGV[3]
  verification.expires = at + lifetime
  redis.call('HSET', KEYS[1], 'm', ARGV[2], 'e', verification.expires)
  redis.call('PEXPIREAT', KEYS[1], verification.expires + tombstone)
  find_code(recipient, tag).expires = verification.expires
  write_codes(KEYS[2], recipient, at, tombstone)
end
verification.delivery, verification.provider, verification.updated = 'q', '', at
verification.resends = redis.call('HINCRBY', KEYS[1], 'r', 1)
redis.call('HSET', KEYS[1], 'd', 'q', 'u', at)
redis.call('HDEL', KEYS[1], 'p')

recipient.sendable = at + tonumber(ARGV[7])
redis.call('HSET', KEYS[2], 'q', recipient.sendable)
keep_for(KEYS[2], lifetime + tombstone)
redis.call('XADD', KEYS[3], '*', 'i', ARGV[4], 'c', sealed_code, 'a', sealed_address,
  'e', verification.expires, 'r', verification.resends)
keep_for(KEYS[3], lifetime + tombstone)
return remember(KEYS[4], fingerprint, ARGV[10], reply('resent', 0, verification, recipient, tag, at))
