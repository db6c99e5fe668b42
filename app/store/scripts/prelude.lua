-- Shared by all scripts: it is put in front of each.
--
-- Verification record (hash, KEYS[1]); expires `tombstone` after the code does
--   s  status: p pending, a approved, l locked, c canceled, u undeliverable
--   m  MAC of the code (only while pending)         w  sealed address (only while pending)
--   e  expires at      c  created at                (ms since 1970, by this server's clock)
--   f  failed checks   a  attempts allowed          r  resends
--   d  delivery: q queued, s sent, f failed         p  provider     u  delivery updated at
--   i  what the caller is told and no script reads (JSON)
-- Recipient record (hash, KEYS[2]); expires when the last code does, or 400 days after the last failure
--   n  consecutive failures    w  no check before    l  nothing before; -1 blocked    q  no message before
--   v  its codes, oldest first: "tag=expiry" live, "tag!expiry" superseded, separated by spaces

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function read_recipient(key)
  local r = redis.call('HMGET', key, 'n', 'w', 'l', 'q', 'v')
  local recipient = {
    failures = tonumber(r[1] or 0), checkable = tonumber(r[2] or 0), locked = tonumber(r[3] or 0),
    sendable = tonumber(r[4] or 0), codes = {},
  }
  for tag, mark, expiry in string.gmatch(r[5] or '', '([%w_-]+)([=!])(%d+)') do
    table.insert(recipient.codes, {tag = tag, superseded = mark == '!', expires = tonumber(expiry)})
  end
  return recipient
end

-- Codes whose tombstone is over are forgotten, and superseded ones but for the newest eight.
local function write_codes(key, recipient, at, tombstone)
  local kept, superseded = {}, 0
  for i = #recipient.codes, 1, -1 do
    local code = recipient.codes[i]
    if code.superseded then superseded = superseded + 1 end
    if code.expires + tombstone > at and (not code.superseded or superseded <= 8) then
      table.insert(kept, 1, string.format('%s%s%.0f', code.tag, code.superseded and '!' or '=', code.expires))
    end
  end
  redis.call('HSET', key, 'v', table.concat(kept, ' '))
end

-- Never shortens: the record outlives both its codes and the memory of its failures.
local function keep_for(key, ms)
  if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, ms) end
end

local function find_code(recipient, tag)
  for index, code in ipairs(recipient.codes) do
    if code.tag == tag then return code, index end
  end
end

local function read_verification(key)
  local v = redis.call('HMGET', key, 's', 'e', 'c', 'f', 'a', 'r', 'd', 'p', 'u', 'i')
  if not v[1] then return nil end
  return {
    status = v[1], expires = tonumber(v[2]), created = tonumber(v[3]), failed = tonumber(v[4]), attempts = tonumber(v[5]),
    resends = tonumber(v[6]), delivery = v[7], provider = v[8] or '', updated = tonumber(v[9]), info = v[10],
  }
end

-- Besides the stored ones: x expired, s superseded. A blocked recipient's code is locked.
local function status_at(verification, recipient, tag, at)
  if verification.status ~= 'p' then return verification.status end
  local code = find_code(recipient, tag)
  if code and code.superseded then return 's' end
  if at >= verification.expires then return 'x' end
  if not code then return 's' end
  if recipient.locked == -1 then return 'l' end
  return 'p'
end

-- The reply of every script on a verification: KIND, UNTIL (0: none), then the snapshot.
local function reply(kind, until_at, v, r, tag, at)
  return {
    kind, until_at, at, status_at(v, r, tag, at), v.info, v.created, v.expires, v.attempts, v.failed, v.resends,
    v.delivery, v.provider, v.updated, r.failures, r.checkable, r.locked, r.sendable,
  }
end

-- Ends a verification: its code and address are gone, its place among the recipient's live codes is free.
local function finish(v_key, r_key, verification, recipient, tag, status, at, tombstone)
  verification.status = status
  redis.call('HSET', v_key, 's', status)
  redis.call('HDEL', v_key, 'm', 'w')
  local _, index = find_code(recipient, tag)
  if index then
    table.remove(recipient.codes, index)
    write_codes(r_key, recipient, at, tombstone)
  end
end
