-- Changes a slot: writes (w), fills (f) or removes (r).
--
-- KEYS  slot, fences, lease
-- ARGV   1 w, f or r
--        2 precondition: n none, a absent, p present, v version among
--        3 these versions, each between commas: ,12,34,
--        4 this run of the server   5 1 if values of other runs are trusted
--        6 life of the value in ms  7 how long fences stay, in us
--        8 ticket: when the fill began, in us   9 how long a fill may take, in us
--       10 holder of the lease, empty if none is needed   11 channel to tell of its end
--       12 kind, pieces' id and number   13 the rest of the slot   14 what names of pieces begin with
--       15 not to be done after this, in us: whoever asked has given up by then
--
-- Answers {1, version, replaced} when done, {0, present version or 0} when the precondition does not
-- hold, {-1} when the fill was overtaken, {-2} when it came too late.
--
-- A slot's head has 80 bytes: F1, kind, version (16 digits), when it was stored, and when its source
-- was asked (16 digits each, in us), the server's run (8), the pieces' id (16) and number (5).
-- Fences say when a key was last changed, also when its slot has expired or was evicted since.
local what = ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
if now > tonumber(ARGV[15]) then
  return {-2}
end
local head = redis.call('GETRANGE', KEYS[1], 0, 79)
local old, present, source, pieces = 0, 0, 0, 0
if #head == 80 and string.sub(head, 1, 2) == 'F1' then
  old = tonumber(string.sub(head, 4, 19))
  source = tonumber(string.sub(head, 36, 51))
  pieces = tonumber(string.sub(head, 76, 80))
  if ARGV[5] == '1' or string.sub(head, 52, 59) == ARGV[4] then
    present = old
  end
end

if what == 'f' then
  local ticket = tonumber(ARGV[8])
  local fence = redis.call('ZSCORE', KEYS[2], KEYS[1])
  local lost = false
  if ARGV[10] ~= '' then
    if redis.call('GET', KEYS[3]) == ARGV[10] then
      redis.call('DEL', KEYS[3])
      redis.call('PUBLISH', ARGV[11], KEYS[1])
    else
      lost = true
    end
  end
  if lost or source >= ticket or (fence and tonumber(fence) >= ticket)
      or now - ticket > tonumber(ARGV[9]) then
    return {-1}
  end
  source = ticket
else
  local condition = ARGV[2]
  if (condition == 'a' and present > 0) or (condition == 'p' and present == 0)
      or (condition == 'v'
        and not string.find(ARGV[3], ',' .. string.format('%.0f', present) .. ',', 1, true)) then
    return {0, present}
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - tonumber(ARGV[7])))
  redis.call('ZADD', KEYS[2], string.format('%.0f', now), KEYS[1])
  source = now
end

for i = 1, pieces do
  redis.call('UNLINK', ARGV[14] .. string.sub(head, 60, 75) .. ':' .. i)
end

if what == 'r' then
  redis.call('UNLINK', KEYS[1])
  return {1, present, present > 0 and 1 or 0}
end

local version = math.max(now, old + 1)
redis.call('SET', KEYS[1],
  'F1' .. string.sub(ARGV[12], 1, 1)
    .. string.format('%016.0f%016.0f%016.0f', version, now, source)
    .. ARGV[4] .. string.sub(ARGV[12], 2) .. ARGV[13],
  'PX', ARGV[6])
return {1, version, present > 0 and 1 or 0}
