-- Creates a verification and queues its message.
-- KEYS  1 verification  2 recipient  3 outbox stream  4 idempotency record (any key if there is none)
--       5… rate limits
-- ARGV  1 tag  2 MAC  3 info  4 sealed code  5 sealed address  6 id  7 lifetime ms  8 tombstone ms  9 attempts
--       10 live codes allowed  11 resend interval ms  12 MAC of the binding, or ''  13 context, or ''
--       14 1: keep the sealed code for resends  15 fingerprint of the request, or ''  16 how long it is known ms
--       17 1: queue a message; 0: the caller has the code  18… for each rate limit: 1 count  2 period ms
-- Reply created, 0, snapshot…, id, sealed code ('' if a message was queued)  |  recipient_locked, until, at  |  send_too_soon, until, at
--       |  rate_limited, until, at, which limit (0 the first)  |  idempotency_conflict
--       The first carries at its end, for each rate limit, what is left and when all of it is back.
-- Keeps: the record, its place among the recipient's codes and its message come into being together, or none does;
--        the failures of earlier codes stay; a rate limit is charged before anything else is looked at, and stays so;
--        a repetition is charged nothing.
local tag, lifetime, tombstone, context, fingerprint = ARGV[1], tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[13], ARGV[15]
local deliver = ARGV[17] == '1'
local replayed = replay(KEYS[4], fingerprint)
if replayed then return replayed end
local at = now()

-- Generic cell rate algorithm: a limit's record is the instant at which it is empty again.
local limits = {}
for i = 5, #KEYS do
  local count, period = tonumber(ARGV[18 + 2 * (i - 5)]), tonumber(ARGV[19 + 2 * (i - 5)])
  local full_at = math.max(tonumber(redis.call('GET', KEYS[i]) or 0), at) + period / count
  if full_at - at > period then
    return {'rate_limited', math.ceil(full_at - period), at, i - 5}
  end
  redis.call('SET', KEYS[i], string.format('%.3f', full_at), 'PX', math.ceil(full_at - at))
  table.insert(limits, math.floor((period - (full_at - at)) * count / period))
  table.insert(limits, math.ceil(full_at))
end

local recipient = read_recipient(KEYS[2], context)
if recipient.blocked then return {'recipient_locked', -1, at} end
if recipient.locked > at then return {'recipient_locked', recipient.locked, at} end
if recipient.sendable > at then return {'send_too_soon', recipient.sendable, at} end

local expires = at + lifetime
local live = {}
for _, code in ipairs(recipient.codes) do
  if code.mark == '=' and code.expires > at then table.insert(live, code) end
end
for i = 1, #live - tonumber(ARGV[10]) + 1 do live[i].mark = '!' end
table.insert(recipient.codes, {tag = tag, mark = '=', expires = expires})
recipient.sendable = at + tonumber(ARGV[11])
write_codes(KEYS[2], recipient, at, tombstone, 'q', recipient.sendable)
keep_for(KEYS[2], lifetime + tombstone)

local record = {
  's', 'p', 'm', ARGV[2], 'e', expires, 'c', at, 'f', 0, 'a', ARGV[9], 'r', 0, 'd', deliver and 'q' or 's', 'u', at, 'x', context,
}
pieces('i', ARGV[3], record)
pieces('w', ARGV[5], record)
pieces('b', ARGV[12], record)
if ARGV[14] == '1' then pieces('k', ARGV[4], record) end
redis.call('HSET', KEYS[1], unpack(record))
redis.call('PEXPIREAT', KEYS[1], expires + tombstone)
if deliver then
  redis.call('XADD', KEYS[3], '*', 'i', ARGV[6], 'c', ARGV[4], 'a', ARGV[5], 'e', expires, 'r', 0)
  keep_for(KEYS[3], lifetime + tombstone)
end

local verification = {
  status = 'p', expires = expires, created = at, failed = 0, attempts = tonumber(ARGV[9]), resends = 0,
  delivery = deliver and 'q' or 's', provider = '', updated = at, info = ARGV[3], context = context,
}
local replied = reply('created', 0, verification, recipient, tag, at)
table.insert(replied, ARGV[6])
table.insert(replied, deliver and '' or ARGV[4])
for _, value in ipairs(limits) do table.insert(replied, value) end
-- A record that holds a sealed code lives no longer than the code.
return remember(KEYS[4], fingerprint, deliver and ARGV[16] or lifetime, replied)
