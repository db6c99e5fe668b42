-- Creates a verification and queues its message.
-- Parts clock disclosure lineage limit recipient verification request outbox
-- KEYS  1 verification  2 recipient  3 outbox stream  4 idempotency record (any key if there is none)
--       5… rate limits; last: continued lineages
-- ARGV  1 tag  2 MAC  3 info  4 sealed code  5 sealed address  6 id  7 lifetime ms  8 tombstone ms  9 attempts
--       10 live codes allowed  11 resend interval ms  12 MAC of the binding, or ''  13 context, or ''
--       14 1: keep the sealed code for resends  15 fingerprint of the request, or ''  16 how long it is known ms
--       17 1: queue a message; 0: the caller has the code  18 1: lost when its lineage ends
--       19… for each rate limit: 1 count  2 period ms; then, for each that another server has charged: 1 what is left
--       2 when all of it is back
-- Reply created, 0, snapshot…, id, sealed code ('' if a message was queued)  |  recipient_locked, until, at  |  send_too_soon, until, at
--       |  rate_limited, until, at, which limit (0 the first)  |  idempotency_conflict
--       The first carries at its end, for each rate limit, what is left and when all of it is back.
-- Keeps: the record, its place among the recipient's codes and its message come into being together, or none does;
--        the failures of earlier codes stay; a rate limit is charged before anything else is looked at, and stays so;
--        a repetition is charged nothing. So that it may be asked for again when its answer was lost, a creation without an
--        idempotency record is known by its own record.
local tag, lifetime, tombstone, context, fingerprint = ARGV[1], ARGV[7], ARGV[8], ARGV[13], ARGV[15]
local deliver = ARGV[17] == '1'
local replayed = replay(KEYS[4], fingerprint)
if replayed then return replayed end
local at = now()
local done = fingerprint == '' and read_verification(KEYS[1])
if done then
  local again = reply('created', 0, done, read_recipient(KEYS[2], done.context), tag, at, ARGV[6],
    deliver and '' or ARGV[4])
  touch(KEYS[1])
  return again
end

local limits = {}
for i = 5, #KEYS - 1 do
  local left, instant = charge(KEYS[i], ARGV[19 + 2 * (i - 5)], tonumber(ARGV[20 + 2 * (i - 5)]), at)
  if not left then return {'rate_limited', instant, at, i - 5} end
  limits[#limits + 1] = left
  limits[#limits + 1] = instant
end
for i = 19 + 2 * (#KEYS - 5), #ARGV do limits[#limits + 1] = tonumber(ARGV[i]) end

local recipient = read_recipient(KEYS[2], context)
if recipient.blocked then return {'recipient_locked', -1, at} end
if recipient.locked > at then return {'recipient_locked', recipient.locked, at} end
if recipient.sendable > at then return {'send_too_soon', recipient.sendable, at} end

local expires = at + lifetime
local live = {}
for _, code in ipairs(recipient.codes) do
  if code[MARK] == '=' and code[EXPIRES] > at then live[#live + 1] = code end
end
for i = 1, #live - ARGV[10] + 1 do live[i][MARK] = '!' end
recipient.codes[#recipient.codes + 1] = {tag, '=', expires}
recipient.sendable = at + ARGV[11]
recipient.ends = math.max(recipient.ends, expires + tombstone)
forget_codes(recipient, at, tombstone)
write_recipient(KEYS[2], recipient)

local verification = {
  status = 'p', expires = expires, created = at, failed = 0, attempts = tonumber(ARGV[9]), resends = 0,
  delivery = deliver and 'q' or 's', updated = at, provider = '', context = context, info = ARGV[3], binding = ARGV[12],
  mac = ARGV[2], address = ARGV[5], code = ARGV[14] == '1' and ARGV[4] or '',
  lineage = ARGV[18] == '1' and string.sub(own_lineage(), 1, lineage_length) or '', here = true,
}
write_verification_until(KEYS[1], verification, expires + tombstone)
if deliver then queue(KEYS[3], ARGV[6], ARGV[4], ARGV[5], expires, 0, '', '', lifetime + tombstone) end

local sealed_code = deliver and '' or ARGV[4]
-- A record that holds a sealed code lives no longer than the code.
return remember(KEYS[4], fingerprint, deliver and ARGV[16] or lifetime,
  reply('created', 0, verification, recipient, tag, at, ARGV[6], sealed_code, unpack(limits)))
