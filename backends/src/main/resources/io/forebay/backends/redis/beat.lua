-- A node's heartbeat: says that it is there and how far it is, and looks whether the log is the one
-- that it knows and where it ends.
--
-- KEYS  stream, meta, nodes
-- ARGV  1 node   2 length of its lease in us   3 its epoch   4 its position   5 what was unique to the
--       record there, empty if it does not know   6 this run of the server   7 1 if the server
--       loses nothing when it restarts   8 nodes not heard of for so long are forgotten, in us
--
-- Answers {'lost', why, epoch, tail, run} or {'ok', now in us, epoch, tail, nodes…}; a node is told
-- as name, 'when it was heard of in us, length of lease in us, epoch, position'.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local epoch = redis.call('HGET', KEYS[2], 'epoch')
local tail = redis.call('HGET', KEYS[2], 'tail')
local run = redis.call('HGET', KEYS[2], 'run')

local function lost(why)
  return {'lost', why, epoch or '', tail or '', run or ''}
end

if not (epoch and tail and run) then
  return lost('there is none')
end
if run ~= ARGV[6] and ARGV[7] ~= '1' then
  return lost('the server was restarted, or another took its place')
end
local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
local newest = ''
if not info.err then
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then newest = info[i + 1] end
  end
end
if newest ~= epoch .. '-' .. tail then
  return lost('its stream ends at ' .. newest .. ', not at ' .. epoch .. '-' .. tail)
end
if tonumber(ARGV[3]) > tonumber(epoch) then
  return lost('its epoch is older than the one that was known')
end
if ARGV[3] == epoch then
  if tonumber(ARGV[4]) > tonumber(tail) then
    return lost('it ends before what was known')
  end
  if ARGV[5] ~= '' then
    local id = epoch .. '-' .. ARGV[4]
    local record = redis.call('XRANGE', KEYS[1], id, id)
    if #record > 0 and record[1][2][2] ~= ARGV[5] then
      return lost('another record is where one was known')
    end
  end
end
if run ~= ARGV[6] then
  redis.call('HSET', KEYS[2], 'run', ARGV[6])
end

redis.call('HSET', KEYS[3], ARGV[1],
  string.format('%.0f ', now) .. ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4])
local nodes = redis.call('HGETALL', KEYS[3])
local answer = {'ok', string.format('%.0f', now), epoch, tail}
for i = 1, #nodes, 2 do
  local heard = tonumber(string.match(nodes[i + 1], '^%d+'))
  if now - heard > tonumber(ARGV[8]) then
    redis.call('HDEL', KEYS[3], nodes[i])
  else
    answer[#answer + 1] = nodes[i]
    answer[#answer + 1] = nodes[i + 1]
  end
end
return answer
