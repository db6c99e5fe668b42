-- Sends another message for a verification: with a new code, or with the same one. Attempts and failures stay.
-- Parts clock disclosure lineage recipient verification request outbox
-- KEYS  1 verification  2 recipient  3 outbox stream  4 idempotency record (any key if there is none)
--       5 continued lineages
-- ARGV  1 tag  2 MAC of the new code  3 new code, sealed  4 id  5 lifetime ms  6 tombstone ms  7 resend interval ms
--       8 resends allowed  9 fingerprint of the request, or ''  10 how long it is known ms
--       11 1: send the same code again, if it was kept  12 channel, '' for the one of the last message
--       13 channels (each with a space on either side) that carry messages to the same kind of recipient as that one
-- Reply resent | not_delivered (the caller has the code) | channel_unsuited | limit_reached | recipient_locked, until | send_too_soon, until | final | not_found
--       | idempotency_conflict
-- Keeps: the old code ends in the step in which a new one begins; the same code does not live longer.
local tag, lifetime, tombstone, fingerprint, channel = ARGV[1], ARGV[5], ARGV[6], ARGV[9], ARGV[12]
local replayed = replay(KEYS[4], fingerprint)
if replayed then return replayed end
local verification = read_verification(KEYS[1])
if not verification then return {'not_found'} end
local recipient = read_recipient(KEYS[2], verification.context)
local at = now()
if status_at(verification, recipient, tag, at) ~= 'p' then
  touch(KEYS[1])
  return reply('final', 0, verification, recipient, tag, at)
end
if verification.address == '' then return reply('not_delivered', 0, verification, recipient, tag, at) end
local info = cjson.decode(verification.info)
if channel == '' then channel = info.channel
elseif not string.find(ARGV[13], ' ' .. info.channel .. ' ', 1, true) then
  return reply('channel_unsuited', 0, verification, recipient, tag, at)
end
if verification.resends >= tonumber(ARGV[8]) then return reply('limit_reached', 0, verification, recipient, tag, at) end
if recipient.locked > at then return reply('recipient_locked', recipient.locked, verification, recipient, tag, at) end
if recipient.sendable > at then return reply('send_too_soon', recipient.sendable, verification, recipient, tag, at) end

local sealed_code = ARGV[11] == '1' and verification.code or ''
if sealed_code == '' then
  sealed_code = ARGV[3]
  verification.mac, verification.expires = ARGV[2], at + lifetime
  find_code(recipient, tag)[EXPIRES] = verification.expires
end
local avoid = verification.provider
verification.delivery, verification.provider, verification.updated = 'q', '', at
verification.resends = verification.resends + 1
if channel ~= info.channel then
  info.channel = channel
  verification.info = cjson.encode(info)
end
write_verification_until(KEYS[1], verification, verification.expires + tombstone)

recipient.sendable = at + ARGV[7]
recipient.ends = math.max(recipient.ends, at + lifetime + tombstone)
write_recipient(KEYS[2], recipient)
queue(KEYS[3], ARGV[4], sealed_code, verification.address, verification.expires, verification.resends, avoid,
  channel, lifetime + tombstone)
return remember(KEYS[4], fingerprint, ARGV[10], reply('resent', 0, verification, recipient, tag, at))
