-- Begins a new epoch, if nobody else has since we looked.
--
-- KEYS  stream, meta, nodes, barriers
-- ARGV  1 epoch   2 tail   3 run, as they were seen, empty where there was none
--       4 the new epoch is at least this   5 this run of the server   6 unique to its first record
--       7 length of a lease in us
--
-- Answers {1, epoch} or {0}. All leases are counted anew from now, since the clock may be another's;
-- and as the list of nodes may have been lost too, somebody is on it who stands for whoever was there.
local epoch = redis.call('HGET', KEYS[2], 'epoch') or ''
if epoch ~= ARGV[1] or (redis.call('HGET', KEYS[2], 'tail') or '') ~= ARGV[2]
    or (redis.call('HGET', KEYS[2], 'run') or '') ~= ARGV[3] then
  return {0}
end
local new = math.max(tonumber(ARGV[4]), (tonumber(epoch) or 0) + 1)
redis.call('DEL', KEYS[1], KEYS[4])
redis.call('XADD', KEYS[1], string.format('%.0f-1', new), 'u', ARGV[6])
redis.call('HSET', KEYS[2], 'epoch', string.format('%.0f', new), 'tail', '1', 'barriers', '0',
  'run', ARGV[5])
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000000 + time[2])
local nodes = redis.call('HGETALL', KEYS[3])
for i = 1, #nodes, 2 do
  redis.call('HSET', KEYS[3], nodes[i], (string.gsub(nodes[i + 1], '^%d+', now)))
end
redis.call('HSET', KEYS[3], '(before ' .. string.format('%.0f', new) .. ')',
  now .. ' ' .. ARGV[7] .. ' 0 0')
return {1, new}
