-- Forgets the workers that have not been heard of for long and have nothing in hand.
-- Parts
-- KEYS  1 outbox stream
-- ARGV  1 consumer group  2 how long ms
-- Reply how many
-- Keeps: a worker that has a message is never forgotten, because its messages would be with it.
local forgotten = 0
for _, worker in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local about = {}
  for i = 1, #worker, 2 do about[worker[i]] = worker[i + 1] end
  if about.pending == 0 and about.idle > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], about.name)
    forgotten = forgotten + 1
  end
end
return forgotten
