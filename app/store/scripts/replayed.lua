-- Tells what was replied to a request before it is charged to limits that lie on other servers.
-- Parts clock disclosure request
-- KEYS  1 idempotency record
-- ARGV  1 fingerprint of the request
-- Reply what was replied, idempotency_conflict, or nil if it is new
-- Keeps: changes nothing.
return replay(KEYS[1], ARGV[1])
