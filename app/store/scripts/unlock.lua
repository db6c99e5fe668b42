-- Forgets the failures of a recipient, and with them its waits and its block.
-- Parts clock disclosure recipient
-- KEYS  1… recipient records, one a policy
-- Reply OK
-- Keeps: codes that were locked stay locked. Where there is nothing to forget, that too is said only once the replicas have it.
for _, key in ipairs(KEYS) do
  local recipient = read_recipient(key, '')
  if recipient.failures > 0 then
    clear_budget(recipient)
    write_recipient(key, recipient)
  else
    touch(key)
  end
end
return redis.status_reply('OK')
