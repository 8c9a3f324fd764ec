-- Adds records to the log, all of them or none.
--
-- KEYS  stream, meta, nodes
-- ARGV  1 epoch   2 the newest position that we know of   3 unique to this batch   4 1 if nodes shall
--       tell at once that they have it   5… records
--
-- Answers {0} if the log is not the one that we know, else {first, last, now in us, nodes…}.
local epoch = redis.call('HGET', KEYS[2], 'epoch')
local tail = tonumber(redis.call('HGET', KEYS[2], 'tail') or '-1')
if epoch ~= ARGV[1] or tail < tonumber(ARGV[2]) then
  return {0}
end
local first = tail + 1
for i = 5, #ARGV do
  tail = tail + 1
  redis.call('XADD', KEYS[1], epoch .. '-' .. string.format('%.0f', tail),
    'u', ARGV[3] .. '.' .. (i - 5), 'a', ARGV[4], 'r', ARGV[i])
end
redis.call('HSET', KEYS[2], 'tail', string.format('%.0f', tail))
local time = redis.call('TIME')
local answer = redis.call('HGETALL', KEYS[3])
table.insert(answer, 1, time[1] * 1000000 + time[2])
table.insert(answer, 1, tail)
table.insert(answer, 1, first)
return answer
