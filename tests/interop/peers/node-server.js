// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Server of node's ws that echoes: /refused is answered with 403.  Tells what it sees, a JSON object a line.
'use strict';

const http = require('http');
const {WebSocketServer} = require('ws');

function tell(event) {
  console.log(JSON.stringify(event));
}

const server = http.createServer();
const sockets = new WebSocketServer({noServer: true, perMessageDeflate: false,
  handleProtocols: offered => offered.has('chat') ? 'chat' : false});

server.on('upgrade', (request, socket, head) => {
  if (request.url === '/refused') {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\nConnection: close\r\n\r\nnot today\n');
    return;
  }
  sockets.handleUpgrade(request, socket, head, peer => {
    tell({event: 'open', protocol: peer.protocol || null, header: request.headers['x-token'] || null});
    peer.on('message', (data, isBinary) => {
      tell({event: 'message', type: isBinary ? 'binary' : 'text', hex: data.toString('hex')});
      peer.send(data, {binary: isBinary});
    });
    peer.on('ping', data => tell({event: 'ping', hex: data.toString('hex')}));
    peer.on('close', (code, reason) => tell({event: 'close', code, reason: reason.toString()}));
  });
});

server.listen(0, '127.0.0.1', () => {
  tell({event: 'version', name: 'node ws', version: require('ws/package.json').version});
  tell({event: 'listening', port: server.address().port});
});
