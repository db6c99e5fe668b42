-- Verification record (string: MessagePack, one value after the other; the last may be missing); it expires
-- `tombstone` after its code does
--   status     p pending, a approved, l locked, c canceled, u undeliverable, g lost: its hand-over was in doubt
--   expires, created      ms since 1970, by this server's clock
--   failed     failed checks    attempts   allowed ones    resends
--   delivery   q queued, s sent, d delivered, f failed    updated   when that was    provider   '' before one is known
--   context    that it was created in, '' without one
--   info       what the caller is told and no script reads (JSON)
--   binding    MAC of the binding, '' without one
--   mac        of the code              )
--   address    sealed, '' if none       )  '' once it is not pending any more
--   code       sealed, only if a resend sends the same )
--   lineage    under which it was created; see `lineage.lua`. '' if it is good under any
-- One value and not a hash: it is written, and its end set, by one command.
local function read_verification(key)
  local record = redis.call('GET', key)
  if not record then return nil end
  local status, expires, created, failed, attempts, resends, delivery, updated, provider, context, info, binding,
    mac, address, code, lineage = cmsgpack.unpack(record)
  return {
    status = status, expires = expires, created = created, failed = failed, attempts = attempts, resends = resends,
    delivery = delivery, updated = updated, provider = provider, context = context, info = info, binding = binding,
    mac = mac, address = address, code = code, lineage = lineage or '',
  }
end

local function pack_verification(v)
  return cmsgpack.pack(v.status, v.expires, v.created, v.failed, v.attempts, v.resends, v.delivery, v.updated,
    v.provider, v.context, v.info, v.binding, v.mac, v.address, v.code, v.lineage)
end

-- With the lifetime that it has.
local function write_verification(key, v)
  redis.call('SET', key, pack_verification(v), 'KEEPTTL')
end

local function write_verification_until(key, v, ends)
  redis.call('SET', key, pack_verification(v), 'PXAT', integer(ends))
end

-- Besides the stored ones: x expired, s superseded, g lost with its lineage. A blocked recipient's code is locked.
local function status_at(v, r, tag, at)
  if v.status ~= 'p' then return v.status end
  local code = find_code(r, tag)
  if code and code[MARK] == '!' then return 's' end
  if at >= v.expires then return 'x' end
  if not code then return 's' end
  if v.lineage ~= '' then
    if v.here == nil then v.here = has_lineage(v.lineage) end
    if not v.here then return 'g' end
  end
  if r.blocked then return 'l' end
  return 'p'
end

-- Ends a verification: its code and address are gone, its place among the recipient's live codes is free.
local function finish(v, r, tag, status)
  v.status, v.mac, v.address, v.code, v.lineage = status, '', '', '', ''
  local code = find_code(r, tag)
  if code then code[MARK] = status == 'a' and '+' or '.' end
end

-- The reply of every script on a verification: KIND, UNTIL (0: none), the snapshot, then what only that script tells.
local STATUS = 4
local function reply(kind, until_at, v, r, tag, at, ...)
  return {
    kind, until_at, at, status_at(v, r, tag, at), v.info, v.created, v.expires, v.attempts, v.failed, v.resends,
    v.delivery, v.provider, v.updated, r.failures, r.failed, r.checkable, r.blocked and -1 or r.locked, r.sendable, ...
  }
end
