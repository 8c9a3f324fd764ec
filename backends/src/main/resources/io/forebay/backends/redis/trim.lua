-- Forgets records in exchange for what is left of them.
--
-- KEYS  stream, meta, barriers
-- ARGV  1 epoch   2 position up to which the barriers go   3 the first position to keep   4 barriers
--
-- Answers {1}, or {0} if another knew more or the epoch is over.
if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1]
    or tonumber(redis.call('HGET', KEYS[2], 'barriers') or '0') > tonumber(ARGV[2]) then
  return {0}
end
redis.call('SET', KEYS[3], ARGV[4])
redis.call('HSET', KEYS[2], 'barriers', ARGV[2])
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1] .. '-' .. ARGV[3])
return {1}
