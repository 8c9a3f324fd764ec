-- Takes the lease for loading a key (t), or gives it back (g).
--
-- KEYS  lease
-- ARGV  1 t or g   2 holder   3 length in ms   4 channel   5 slot
--
-- Answers {1, now in us} when taken, {0, ms left} when another holds it, {2} when given back.
local time = redis.call('TIME')
if ARGV[1] == 'g' then
  if redis.call('GET', KEYS[1]) == ARGV[2] then
    redis.call('DEL', KEYS[1])
    redis.call('PUBLISH', ARGV[4], ARGV[5])
  end
  return {2}
end
if redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3]) then
  return {1, time[1] * 1000000 + time[2]}
end
return {0, redis.call('PTTL', KEYS[1])}
