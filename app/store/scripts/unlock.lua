-- Forgets the failures of a recipient, and with them its waits and its block.
-- KEYS  1… recipient records, one a policy
-- Reply OK
-- Keeps: codes that were locked stay locked.
for _, key in ipairs(KEYS) do clear_budget(key) end
return redis.status_reply('OK')
