-- SPDX-License-Identifier: 0BSD
-- SPDX-FileCopyrightText: 2026 The libwsproto authors

-- Says "Hello" to an echo server and prints what comes back: lua5.3 echo-client.lua [URI]
local lgi = require 'lgi'
local GLib, Gio, Wsp = lgi.GLib, lgi.Gio, lgi.require('Wsp', '1')
local loop = GLib.MainLoop()
local status = 0

-- A call that fails gives nil and the error.
local function check(result, problem)
  if not result then error(problem, 0) end
  return result
end

local function talk(uri)
  local connection = check(Wsp.Client():async_connect(uri, {'chat'}, nil))

  check(connection:queue_text('Hello'))
  local message, problem = connection:async_receive()

  -- Neither a message nor an error: the server has closed the connection.
  print(check(message, problem or 'The server closed the connection without an echo'):get_text() or 'a binary message')
  check(connection:async_close(1000, nil))
end

Gio.Async.start(function()
  local ok, problem = pcall(talk, arg[1] or 'ws://localhost:8080/chat')

  if not ok then
    io.stderr:write(tostring(problem), '\n')
    status = 1
  end
  loop:quit()
end)()
loop:run()
os.exit(status)
