/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* node-ws-server.js PORT [deflate]: sends every message back */

const { WebSocketServer } = require('ws');

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  backlog: 4096,
  perMessageDeflate: process.argv[3] === 'deflate' ? { threshold: 0 } : false,
});

server.on('connection', socket => {
  socket.on('error', () => socket.terminate());
  socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
});
server.on('listening', () => console.log('port', server.address().port));
