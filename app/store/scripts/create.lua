-- Creates a verification and queues its message.
-- KEYS  1 verification  2 recipient  3 outbox stream
-- ARGV  1 tag  2 MAC  3 info  4 sealed code  5 sealed address  6 id  7 lifetime ms  8 tombstone ms  9 attempts
--       10 live codes allowed  11 resend interval ms
-- Reply created | recipient_locked, until | send_too_soon, until
-- Keeps: the record, its place among the recipient's codes and its message come into being together, or none does;
--        the failures of earlier codes stay.
local tag, lifetime, tombstone = ARGV[1], tonumber(ARGV[7]), tonumber(ARGV[8])
local at = now()
local recipient = read_recipient(KEYS[2])
if recipient.locked == -1 or recipient.locked > at then return {'recipient_locked', recipient.locked, at} end
if recipient.sendable > at then return {'send_too_soon', recipient.sendable, at} end

local expires = at + lifetime
local live = {}
for _, code in ipairs(recipient.codes) do
  if not code.superseded and code.expires > at then table.insert(live, code) end
end
for i = 1, #live - tonumber(ARGV[10]) + 1 do live[i].superseded = true end
table.insert(recipient.codes, {tag = tag, superseded = false, expires = expires})
recipient.sendable = at + tonumber(ARGV[11])
write_codes(KEYS[2], recipient, at, tombstone)
redis.call('HSET', KEYS[2], 'q', recipient.sendable)
keep_for(KEYS[2], lifetime + tombstone)

redis.call('HSET', KEYS[1], 's', 'p', 'm', ARGV[2], 'w', ARGV[5], 'e', expires, 'c', at, 'f', 0, 'a', ARGV[9], 'r', 0,
  'd', 'q', 'u', at, 'i', ARGV[3])
redis.call('PEXPIREAT', KEYS[1], expires + tombstone)
redis.call('XADD', KEYS[3], '*', 'i', ARGV[6], 'c', ARGV[4], 'a', ARGV[5], 'e', expires, 'r', 0)
keep_for(KEYS[3], lifetime + tombstone)

return reply('created', 0, read_verification(KEYS[1]), recipient, tag, at)
