/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* node-ws-server.js PORT [deflate | CERTIFICATE KEY]: sends every message back */

const { readFileSync } = require('fs');
const http = require('http');
const https = require('https');
const { WebSocketServer } = require('ws');

const [port, certificate, key] = process.argv.slice(2);
const isDeflating = certificate === 'deflate';
const listener = key === undefined
  ? http.createServer()
  : https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
const server = new WebSocketServer({
  server: listener,
  perMessageDeflate: isDeflating ? { threshold: 0 } : false,
});

server.on('connection', socket => {
  socket.on('error', () => socket.terminate());
  socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
});
listener.listen({ host: '127.0.0.1', port: Number(port), backlog: 4096 },
                () => console.log('port', listener.address().port));
