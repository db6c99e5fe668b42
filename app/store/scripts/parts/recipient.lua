-- Recipient record (string: MessagePack, one value after the other; the last may be missing)
--   failures   consecutive ones, in all contexts
--   blocked    until somebody unlocks it
--   sendable   no message before
--   ends       when the record ends: with its last code, or 400 days after the last failure
--   codes      {tag, mark, expires}, oldest first; marks: = live, ! superseded, + approved, . final
--   contexts   {[context] = {failures, no check before, nothing before}}, those with failures
-- All instants are ms since 1970 by this server's clock.
local TAG, MARK, EXPIRES = 1, 2, 3
local remembered_codes = 16

-- With the budget of a context: `failed`, `checkable`, `locked`.
local function read_recipient(key, context)
  local record = redis.call('GET', key)
  if not record then
    return {
      failures = 0, blocked = false, sendable = 0, ends = 0, codes = {}, contexts = {},
      context = context, failed = 0, checkable = 0, locked = 0,
    }
  end
  local failures, blocked, sendable, ends, codes, contexts = cmsgpack.unpack(record)
  local budget = contexts[context]
  return {
    failures = failures, blocked = blocked, sendable = sendable, ends = ends, codes = codes, contexts = contexts,
    context = context, failed = budget and budget[1] or 0, checkable = budget and budget[2] or 0,
    locked = budget and budget[3] or 0,
  }
end

local function write_recipient(key, r)
  if r.failed > 0 then r.contexts[r.context] = {r.failed, r.checkable, r.locked} end
  local record = cmsgpack.pack(r.failures, r.blocked, r.sendable, r.ends, r.codes, r.contexts)
  redis.call('SET', key, record, 'PXAT', integer(r.ends))
end

local function clear_budget(r)
  r.failures, r.blocked, r.contexts, r.failed, r.checkable, r.locked = 0, false, {}, 0, 0, 0
end

local function find_code(r, tag)
  for _, code in ipairs(r.codes) do
    if code[TAG] == tag then return code end
  end
end

-- Codes whose tombstone is over are forgotten, and those that are not live but for the newest ones.
local function forget_codes(r, at, tombstone)
  local over = 0
  for i = #r.codes, 1, -1 do
    local code = r.codes[i]
    if code[MARK] ~= '=' then over = over + 1 end
    if code[EXPIRES] + tombstone <= at or (code[MARK] ~= '=' and over > remembered_codes) then table.remove(r.codes, i) end
  end
end
