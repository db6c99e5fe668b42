-- Takes over all that a process held of one recipient while the store was away.
-- Parts clock disclosure lineage recipient verification request outbox
-- KEYS  1 recipient  2 outbox stream  3 what was taken over of this recipient from this process; then the verifications'
--       records, then those of copies that the store may have of them, then the records of requests; last: continued lineages
-- ARGV  1 holding (JSON; see `redis-handover.ts`)  2 sequence  3 tombstone ms  4 how long a failure is remembered ms
--       5 first wait after a round ms  6 longest wait after a round ms  7 how long the sequence is known ms
--       8 lineage of the server that it is meant for  9 1: the same may have been taken over under that lineage
--       10 when it was sent, by this server's clock
-- Reply 1 taken over, 0 it was before, 2 taken over, its pending codes as lost ones
--       Error LINEAGE: this server's is another one; nothing was taken over, neither now nor before
-- Keeps: failures are added, once for each process and sequence; what is written has the time that was left; a copy takes
--        no more checks and its message is sent no more from the step on in which the verification itself is here, which
--        takes none if the copy was approved; a code
--        that may have been taken over, and approved since, is good nowhere that may lack that; of two verifications that
--        one request was given, here and there, the earlier one ends: the caller was told of the other one last.
local holding, sequence = cjson.decode(ARGV[1]), tonumber(ARGV[2])
local tombstone, attempts = tonumber(ARGV[3]), holding.maxAttempts
if tonumber(redis.call('GET', KEYS[3]) or 0) >= sequence then
  touch(KEYS[3])
  return 0
end
local lost = false
if own_lineage() ~= ARGV[8] then
  lost = ARGV[9] == '1' and not has_lineage(string.sub(ARGV[8], 1, lineage_length))
  if not lost then return redis.error_reply('LINEAGE the server has another one') end
end
redis.call('SET', KEYS[3], sequence, 'PX', ARGV[7])
local at = now()
-- The server may have stood still with it in hand: a code lives no longer for that.
local sent = math.min(at, ARGV[10])
local function after(ms) return ms > 0 and at + ms or 0 end

local recipient = read_recipient(KEYS[1], '')
recipient.sendable = math.max(recipient.sendable, after(holding.sendableInMs))
if holding.failures > 0 then
  recipient.failures = recipient.failures + holding.failures
  recipient.blocked = recipient.blocked or (holding.blockAfter > 0 and recipient.failures >= holding.blockAfter)
  recipient.ends = math.max(recipient.ends, at + ARGV[4])
end
for _, held in ipairs(holding.contexts) do
  local known = recipient.contexts[held.contextTag] or {0, 0, 0}
  local failed, locked = known[1] + held.failures, math.max(known[3], after(held.lockedInMs))
  local rounds = math.floor(failed / attempts)
  if rounds > math.floor(known[1] / attempts) then
    locked = math.max(locked, at + math.min(ARGV[5] * 2 ^ (rounds - 1), ARGV[6]))
  end
  recipient.contexts[held.contextTag] = {failed, math.max(known[2], after(held.checkableInMs)), locked}
end
-- `write_recipient` would write the budget that was read over the sum.
recipient.failed = 0

-- What the tags of all copies of one code have in common; see `draftTagOf`.
local draft_length = 11
-- Of one code there may be copies, whose tags begin alike, and one that the caller was told of: where it is known that there
-- may be copies, that is it, and else the one that is here already.
local function end_copies(tag, ended)
  for _, code in ipairs(recipient.codes) do
    if code[TAG] ~= tag and string.sub(code[TAG], 1, draft_length) == string.sub(tag, 1, draft_length) then
      if not ended then return true end
      if code[MARK] == '=' then code[MARK] = '!' end
    end
  end
  return false
end

-- Where a reply to a creation has when that was, when it ends, and the id; see `reply`.
local CREATED, ENDS, ID = 6, 7, 19
local first_request, held_drafts = 3 + #holding.verifications, {}
for _, held in ipairs(holding.verifications) do
  if held.copy then first_request = first_request + 1 end
  held_drafts[string.sub(held.tag, 1, draft_length)] = true
end
-- Of two verifications that one request was given the caller was told of the later one last: the other one ends. Where that
-- one has been approved meanwhile, the later one does: one request is worth one approval.
local keeps_reply = {}
for i, request in ipairs(holding.requests) do
  local stored = request.reply[1] == 'created' and redis.call('GET', KEYS[first_request + i])
  if stored then
    local known, replied = cmsgpack.unpack(stored)
    if known == request.fingerprint and replied[ID] ~= request.reply[ID] then
      local its
      for _, held in ipairs(holding.verifications) do
        if held.createdAgeMs == -request.reply[CREATED] then its = held end
      end
      local is_later = replied[CREATED] > sent + request.reply[CREATED]
      local ends, is_used = not is_later or its and its.mark == '+', false
      for _, code in ipairs(recipient.codes) do
        if code[EXPIRES] == replied[ENDS] then
          -- Which of two copies of one code ends is decided below.
          if held_drafts[string.sub(code[TAG], 1, draft_length)] then is_later = false
          elseif code[MARK] == '=' and ends then code[MARK] = '!'
          elseif code[MARK] == '+' then is_used = true end
        end
      end
      keeps_reply[i] = is_later
      if (is_later or is_used) and its and its.mark == '=' then its.mark, its.message = '!', nil end
    end
  end
end

local copies, untold, given_up = 0, false, false
for i, held in ipairs(holding.verifications) do
  if held.copy then
    copies = copies + 1
    local key = KEYS[3 + #holding.verifications + copies]
    local copy, code = read_verification(key), find_code(recipient, held.copy)
    if copy then
      if copy.status == 'a' and held.status == 'p' then held.mark, held.message = '!', nil end
      copy.mac, copy.address, copy.code = '', '', ''
      write_verification(key, copy)
    else
      -- The creation may still be on its way: it will find itself done.
      write_verification_until(key, {
        status = 'c', expires = sent + held.expiresInMs, created = sent - held.createdAgeMs, failed = 0,
        attempts = held.maxAttempts, resends = 0, delivery = held.delivery, updated = at, provider = '',
        context = held.context, info = held.info, binding = '', mac = '', address = '', code = '', lineage = '',
      }, at + math.max(held.expiresInMs, 0) + tombstone)
    end
    if code and code[MARK] == '=' then code[MARK] = '!' end
    end_copies(held.tag, true)
  elseif end_copies(held.tag, false) then
    held.mark, held.message, untold = '!', nil, true
  end
  if lost and held.status == 'p' then
    given_up = true
    held.status, held.mark, held.message, held.fenced = 'g', '.', nil, false
    held.mac, held.sealedAddress, held.sealedCode = '', '', ''
  end
  local expires = sent + held.expiresInMs
  if expires + tombstone > at then
    recipient.codes[#recipient.codes + 1] = {held.tag, held.mark, expires}
    recipient.ends = math.max(recipient.ends, expires + tombstone)
    write_verification_until(KEYS[3 + i], {
      status = held.status, expires = expires, created = sent - held.createdAgeMs, failed = held.failedChecks,
      attempts = held.maxAttempts, resends = held.resends, delivery = held.delivery, updated = sent - held.deliveredAgeMs,
      provider = held.provider, context = held.context, info = held.info, binding = held.bindingMac, mac = held.mac,
      address = held.sealedAddress, code = held.sealedCode,
      lineage = held.fenced and string.sub(own_lineage(), 1, lineage_length) or '',
    }, expires + tombstone)
    if held.message then
      queue(KEYS[2], held.message.id, held.message.sealedCode, held.message.sealedAddress, expires, held.message.resends,
        held.message.avoid or '', held.message.channel or '', math.max(1, held.expiresInMs + tombstone))
    end
  end
end
-- While it was held others may have been created here: the ones that go are those that end first.
local order = {}
for i, code in ipairs(recipient.codes) do order[code] = i end
table.sort(recipient.codes, function(a, b)
  if a[EXPIRES] ~= b[EXPIRES] then return a[EXPIRES] < b[EXPIRES] end
  return order[a] < order[b]
end)
local live = {}
for _, code in ipairs(recipient.codes) do
  if code[MARK] == '=' and code[EXPIRES] > at then live[#live + 1] = code end
end
for i = 1, #live - holding.maxPending do live[i][MARK] = '!' end
forget_codes(recipient, at, tombstone)
if recipient.ends > at then write_recipient(KEYS[1], recipient) end

for i, request in ipairs(holding.requests) do
  local replied = request.reply
  for _, position in ipairs({3, 6, 7, 13}) do replied[position] = replied[position] + sent end
  for _, position in ipairs({16, 17, 18}) do
    if replied[position] > 0 then replied[position] = replied[position] + sent end
  end
  for position = 22, #replied, 2 do replied[position] = replied[position] + sent end
  local key = KEYS[first_request + i]
  if request.endsInMs > 0 and not keeps_reply[i] and not (untold and redis.call('EXISTS', key) == 1) then
    remember(key, request.fingerprint, request.endsInMs, replied)
  end
end
return given_up and 2 or 1
