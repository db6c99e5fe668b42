-- Gives a verification a new code and queues it. Attempts and failures stay as they are.
-- KEYS  1 verification  2 recipient  3 outbox stream
-- ARGV  1 tag  2 MAC  3 sealed code  4 id  5 lifetime ms  6 tombstone ms  7 resend interval ms  8 resends allowed
-- Reply resent | limit_reached | recipient_locked, until | send_too_soon, until | final | not_found
-- Keeps: the old code ends in the step in which the new one begins.
local tag, lifetime, tombstone = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6])
local verification = read_verification(KEYS[1])
if not verification then return {'not_found'} end
local recipient = read_recipient(KEYS[2])
local at = now()
if status_at(verification, recipient, tag, at) ~= 'p' then return reply('final', 0, verification, recipient, tag, at) end
if verification.resends >= tonumber(ARGV[8]) then return reply('limit_reached', 0, verification, recipient, tag, at) end
if recipient.locked > at then return reply('recipient_locked', recipient.locked, verification, recipient, tag, at) end
if recipient.sendable > at then return reply('send_too_soon', recipient.sendable, verification, recipient, tag, at) end

local expires = at + lifetime
verification.expires, verification.delivery, verification.provider, verification.updated = expires, 'q', '', at
verification.resends = redis.call('HINCRBY', KEYS[1], 'r', 1)
redis.call('HSET', KEYS[1], 'm', ARGV[2], 'e', expires, 'd', 'q', 'u', at)
redis.call('HDEL', KEYS[1], 'p')
redis.call('PEXPIREAT', KEYS[1], expires + tombstone)

recipient.sendable = at + tonumber(ARGV[7])
find_code(recipient, tag).expires = expires
write_codes(KEYS[2], recipient, at, tombstone)
redis.call('HSET', KEYS[2], 'q', recipient.sendable)
keep_for(KEYS[2], lifetime + tombstone)

redis.call('XADD', KEYS[3], '*', 'i', ARGV[4], 'c', ARGV[3], 'a', redis.call('HGET', KEYS[1], 'w'), 'e', expires,
  'r', verification.resends)
keep_for(KEYS[3], lifetime + tombstone)
return reply('resent', 0, verification, recipient, tag, at)
