-- SPDX-License-Identifier: 0BSD
-- SPDX-FileCopyrightText: 2026 The libwsproto authors

-- KEYS: the id of the message, the stream of the room, the feed.  ARGV: the room, the body.
if not redis.call('SET', KEYS[1], '', 'NX', 'EX', 600) then return 0 end
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local prev = newest and newest[1] or '0-0'
local n = redis.call('XADD', KEYS[2], 'MAXLEN', '~', 1000, '*', 'prev', prev, 'body', ARGV[2])
redis.call('EXPIRE', KEYS[2], 86400)
redis.call('XADD', KEYS[3], 'MAXLEN', '~', 100000, '*', 'room', ARGV[1], 'n', n, 'prev', prev, 'body', ARGV[2])
return 1
