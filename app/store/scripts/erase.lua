-- Removes what is kept of a recipient.
-- Parts clock recipient
-- KEYS  1… recipient records, one a policy; then the verifications' records
-- ARGV  1 how many of the keys are recipient records
-- Reply how many verifications there were
-- Keeps: the failures, so that an erasure gives no attempts back.
local recipients = tonumber(ARGV[1])
local erased = 0
for i, key in ipairs(KEYS) do
  if i > recipients then
    erased = erased + redis.call('DEL', key)
  else
    local recipient = read_recipient(key, '')
    recipient.codes, recipient.sendable = {}, 0
    if recipient.failures > 0 then
      write_recipient(key, recipient)
    elseif redis.call('DEL', key) == 0 then
      -- It may be gone by an erasure over another connection, which no replica has yet: for the `WAIT` that follows this
      -- one needs a write of its own.
      redis.call('SET', key, '', 'PX', 1)
      redis.call('DEL', key)
    end
  end
end
return erased
