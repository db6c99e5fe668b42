-- Checks a code.
-- KEYS  1 verification  2 recipient
-- ARGV  1 tag  2 MAC of the presented code  3 tombstone ms  4 failures that block the recipient
--       5 failure from which on waits begin  6 first wait ms  7 longest wait ms  8 first wait after a round ms
--       9 longest wait after a round ms  10 how long a failure is remembered ms
-- Reply approved | incorrect | too_soon, until | final | not_found
-- Keeps: one approval at most; a failure is counted in the same step as it is found, on the verification and on the
--        recipient; nothing is counted while a wait runs. The comparison is of keyed MACs, which the caller cannot
--        choose: the time that it takes says nothing about the code.
local tag, tombstone = ARGV[1], tonumber(ARGV[3])
local verification = read_verification(KEYS[1])
if not verification then return {'not_found'} end
local recipient = read_recipient(KEYS[2])
local at = now()
if status_at(verification, recipient, tag, at) ~= 'p' then return reply('final', 0, verification, recipient, tag, at) end
local wait = math.max(recipient.checkable, recipient.locked)
if wait > at then return reply('too_soon', wait, verification, recipient, tag, at) end

if redis.call('HGET', KEYS[1], 'm') == ARGV[2] then
  recipient.failures, recipient.checkable, recipient.locked = 0, 0, 0
  redis.call('HDEL', KEYS[2], 'n', 'w', 'l')
  finish(KEYS[1], KEYS[2], verification, recipient, tag, 'a', at, tombstone)
  return reply('approved', 0, verification, recipient, tag, at)
end

local attempts = verification.attempts
local failures = recipient.failures + 1
local ends_round = failures % attempts == 0
recipient.failures, recipient.checkable, recipient.locked = failures, 0, 0
if failures >= tonumber(ARGV[4]) then
  recipient.locked = -1
elseif ends_round then
  recipient.locked = at + math.min(tonumber(ARGV[8]) * 2 ^ (failures / attempts - 1), tonumber(ARGV[9]))
elseif failures >= tonumber(ARGV[5]) then
  recipient.checkable = at + math.min(tonumber(ARGV[6]) * 2 ^ (failures - tonumber(ARGV[5])), tonumber(ARGV[7]))
end
redis.call('HSET', KEYS[2], 'n', failures, 'w', recipient.checkable, 'l', recipient.locked)
keep_for(KEYS[2], tonumber(ARGV[10]))

verification.failed = redis.call('HINCRBY', KEYS[1], 'f', 1)
if ends_round or recipient.locked == -1 or verification.failed >= attempts then
  finish(KEYS[1], KEYS[2], verification, recipient, tag, 'l', at, tombstone)
end
return reply('incorrect', 0, verification, recipient, tag, at)
