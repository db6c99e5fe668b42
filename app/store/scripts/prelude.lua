-- Shared by all scripts: it is put in front of each.
--
-- Verification record (hash); expires `tombstone` after the code does
--   (i, w, k and b lie in numbered pieces; see `pieces`)
--   s  status: p pending, a approved, l locked, c canceled, u undeliverable
--   m  MAC of the code (only while pending)         w  sealed address (only while pending)
--   k  sealed code (only while pending, and only if a resend sends the same)
--   b  MAC of the binding, if there is one          x  context that it was created in, '' without one
--   e  expires at      c  created at                (ms since 1970, by this server's clock)
--   f  failed checks   a  attempts allowed          r  resends
--   d  delivery: q queued, s sent, f failed         p  provider     u  delivery updated at
--   i  what the caller is told and no script reads (JSON)
-- Recipient record (hash); expires when the last code does, or 400 days after the last failure
--   n  consecutive failures    l  1: blocked until somebody unlocks it    q  no message before
--   x:CONTEXT  "failures checkable locked": failures in that context, no check before, nothing before
--   v  its codes, oldest first: "tag=expiry" live, "tag!expiry" superseded, "tag.expiry" final, separated by spaces
-- Idempotency record (string, MessagePack): fingerprint of the request, reply

-- A hash whose values all have at most 64 bytes is kept as a list, in well under half of the memory (Redis'
-- hash-max-listpack-value). Longer values are cut into up to four pieces; one that is longer than those stays whole.
local piece_length, piece_count = 63, 4

local function pieces(field, value, into)
  local length = #value <= piece_length * piece_count and piece_length or #value
  for i = 1, math.ceil(#value / length) do
    table.insert(into, field .. i)
    table.insert(into, string.sub(value, (i - 1) * length + 1, i * length))
  end
end

local function read_pieces(key, field)
  local value = ''
  for _, piece in ipairs(redis.call('HMGET', key, field .. 1, field .. 2, field .. 3, field .. 4)) do
    value = value .. (piece or '')
  end
  return value
end

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function read_recipient(key, context)
  local r = redis.call('HMGET', key, 'n', 'l', 'q', 'v', 'x:' .. context)
  local failed, checkable, locked = string.match(r[5] or '0 0 0', '(%d+) (%d+) (%d+)')
  local recipient = {
    failures = tonumber(r[1] or 0), blocked = r[2] == '1', sendable = tonumber(r[3] or 0), codes = {},
    context = context, failed = tonumber(failed), checkable = tonumber(checkable), locked = tonumber(locked),
  }
  for tag, mark, expiry in string.gmatch(r[4] or '', '([%w_-]+)([=!.])(%d+)') do
    table.insert(recipient.codes, {tag = tag, mark = mark, expires = tonumber(expiry)})
  end
  return recipient
end

-- Writes the list, and with it further fields. Codes whose tombstone is over are forgotten, and those that are not
-- live but for the newest sixteen.
local function write_codes(key, recipient, at, tombstone, ...)
  local kept, over = {}, 0
  for i = #recipient.codes, 1, -1 do
    local code = recipient.codes[i]
    if code.mark ~= '=' then over = over + 1 end
    if code.expires + tombstone > at and (code.mark == '=' or over <= 16) then
      table.insert(kept, 1, string.format('%s%s%.0f', code.tag, code.mark, code.expires))
    end
  end
  redis.call('HSET', key, 'v', table.concat(kept, ' '), ...)
end

local function write_budget(key, recipient)
  redis.call('HSET', key, 'n', recipient.failures, 'l', recipient.blocked and 1 or 0, 'x:' .. recipient.context,
    string.format('%.0f %.0f %.0f', recipient.failed, recipient.checkable, recipient.locked))
end

local function clear_budget(key)
  local cleared = {'n', 'l'}
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.sub(field, 1, 2) == 'x:' then table.insert(cleared, field) end
  end
  redis.call('HDEL', key, unpack(cleared))
end

-- Never shortens: the record outlives both its codes and the memory of its failures.
local function keep_for(key, ms)
  if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, ms) end
end

-- Once nothing is to be remembered but its codes, the record ends with the last of them.
local function keep_for_codes(key, recipient, at, tombstone)
  local last = at
  for _, code in ipairs(recipient.codes) do last = math.max(last, code.expires) end
  redis.call('PEXPIREAT', key, last + tombstone)
end

local function find_code(recipient, tag)
  for _, code in ipairs(recipient.codes) do
    if code.tag == tag then return code end
  end
end

local function read_verification(key)
  local v = redis.call('HMGET', key, 's', 'e', 'c', 'f', 'a', 'r', 'd', 'p', 'u', 'x', 'i1', 'i2', 'i3', 'i4')
  if not v[1] then return nil end
  return {
    status = v[1], expires = tonumber(v[2]), created = tonumber(v[3]), failed = tonumber(v[4]), attempts = tonumber(v[5]),
    resends = tonumber(v[6]), delivery = v[7], provider = v[8] or '', updated = tonumber(v[9]), context = v[10],
    info = v[11] .. (v[12] or '') .. (v[13] or '') .. (v[14] or ''),
  }
end

-- Besides the stored ones: x expired, s superseded. A blocked recipient's code is locked.
local function status_at(verification, recipient, tag, at)
  if verification.status ~= 'p' then return verification.status end
  local code = find_code(recipient, tag)
  if code and code.mark == '!' then return 's' end
  if at >= verification.expires then return 'x' end
  if not code then return 's' end
  if recipient.blocked then return 'l' end
  return 'p'
end

-- The reply of every script on a verification: KIND, UNTIL (0: none), then the snapshot.
local function reply(kind, until_at, v, r, tag, at)
  return {
    kind, until_at, at, status_at(v, r, tag, at), v.info, v.created, v.expires, v.attempts, v.failed, v.resends,
    v.delivery, v.provider, v.updated, r.failures, r.failed, r.checkable, r.blocked and -1 or r.locked, r.sendable,
  }
end

-- Ends a verification: its code and address are gone, its place among the recipient's live codes is free.
local function finish(v_key, r_key, verification, recipient, tag, status, at, tombstone)
  verification.status = status
  redis.call('HSET', v_key, 's', status)
  redis.call('HDEL', v_key, 'm', 'w1', 'w2', 'w3', 'w4', 'k1', 'k2', 'k3', 'k4')
  local code = find_code(recipient, tag)
  if code then
    code.mark = '.'
    write_codes(r_key, recipient, at, tombstone)
  end
end

-- What was replied to the same request before; nil if this is the first, or if it has no idempotency key.
local function replay(key, fingerprint)
  if fingerprint == '' then return nil end
  local stored = redis.call('GET', key)
  if not stored then return nil end
  local record = cmsgpack.unpack(stored)
  if record[1] ~= fingerprint then return {'idempotency_conflict'} end
  return record[2]
end

-- Replies, and notes the reply for a repetition of the request.
local function remember(key, fingerprint, ms, replied)
  if fingerprint ~= '' then redis.call('SET', key, cmsgpack.pack({fingerprint, replied}), 'PX', ms) end
  return replied
end
