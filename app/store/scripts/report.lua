-- Notes what a provider has told of a message after it had taken it.
-- Parts clock lineage recipient verification
-- KEYS  1 verification  2 recipient  3 continued lineages
-- ARGV  1 tag  2 resends that had been made when the message was queued  3 d delivered, f failed  4 provider
-- Reply noted | ignored (of no use any more) | early (it has not been noted yet who took the message) | not_found
-- Keeps: only the provider that took the current message is heard; what was delivered stays so; only a pending
--        verification becomes undeliverable; told twice, it is noted once.
local verification = read_verification(KEYS[1])
if not verification then return 'not_found' end
if verification.resends ~= tonumber(ARGV[2]) then return 'ignored' end
if verification.delivery == 'q' then return 'early' end
if verification.delivery ~= 's' or verification.provider ~= ARGV[4] then return 'ignored' end
local at = now()
verification.delivery, verification.updated = ARGV[3], at
if ARGV[3] == 'f' then
  local recipient = read_recipient(KEYS[2], verification.context)
  if status_at(verification, recipient, ARGV[1], at) == 'p' then
    finish(verification, recipient, ARGV[1], 'u')
    write_recipient(KEYS[2], recipient)
  end
end
write_verification(KEYS[1], verification)
return 'noted'
