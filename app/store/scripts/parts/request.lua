-- Idempotency record (string: MessagePack): fingerprint of the request, reply

-- What was replied to the same request before; nil if this is the first, or if it has no idempotency key.
local function replay(key, fingerprint)
  if fingerprint == '' then return nil end
  local stored = redis.call('GET', key)
  if not stored then return nil end
  local known, replied = cmsgpack.unpack(stored)
  if known ~= fingerprint then return {'idempotency_conflict'} end
  touch(key)
  return replied
end

-- Replies, and notes the reply for a repetition of the request.
local function remember(key, fingerprint, ms, replied)
  if fingerprint ~= '' then redis.call('SET', key, cmsgpack.pack(fingerprint, replied), 'PX', ms) end
  return replied
end
