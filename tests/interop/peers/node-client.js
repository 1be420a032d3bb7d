// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Client of node's ws: node-client.js URI.  Tells what it sees, a JSON object a line.
'use strict';

const WebSocket = require('ws');

function tell(event) {
  console.log(JSON.stringify(event));
}

const messages = ['Hellö', '', Buffer.from(Array.from({length: 256}, (_, i) => i)), 'é'.repeat(100000)];
let next = 0;

const socket = new WebSocket(process.argv[2], {perMessageDeflate: false});
tell({event: 'version', name: 'node ws', version: require('ws/package.json').version});

function sendNext() {
  if (next < messages.length) {
    socket.send(messages[next]);
  } else if (next === messages.length) {
    for (const [part, isLast] of [['in ', false], ['three ', false], ['fragments', true]])
      socket.send(part, {fin: isLast});
  } else {
    socket.ping('anybody?');
  }
}

socket.on('open', () => {
  tell({event: 'open', protocol: socket.protocol || null});
  sendNext();
});

socket.on('message', (data, isBinary) => {
  const expected = next < messages.length ? Buffer.from(messages[next]) : Buffer.from('in three fragments');

  tell({event: 'echo', type: isBinary ? 'binary' : 'text', size: isBinary ? data.length : data.toString().length,
    is_equal: expected.equals(data)});
  next++;
  sendNext();
});

socket.on('pong', data => {
  tell({event: 'pong', payload: data.toString()});
  socket.close(4321, 'enough');
});

socket.on('close', (code, reason) => tell({event: 'close', code, reason: reason.toString()}));
socket.on('error', error => tell({event: 'error', text: String(error)}));
