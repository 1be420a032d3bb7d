// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// node's ws as a peer; README.md in the folder above has the command line and the events.
'use strict';

const crypto = require('crypto');
const dns = require('dns');
const fs = require('fs');
const http = require('http');
const https = require('https');
const readline = require('readline');
const WebSocket = require('ws');

// node 18 tries only one address of localhost, and wsp-peer.py listens on 127.0.0.1.
dns.setDefaultResultOrder('ipv4first');

const MAX_MESSAGE = 64 << 20;
const MAX_HEX = 64;

const options = {};
const steps = [];
const [role, ...rest] = process.argv.slice(2);
for (const word of rest) {
  const [, name, value] = /^--([a-z]+)(?:=(.*))?$/s.exec(word) || [];
  if (name)
    options[name] = value ?? '';
  else
    steps.push(word);
}

function tell(event) {
  if (options.quiet === undefined || ['version', 'listening'].includes(event.event))
    console.log(JSON.stringify(event));
}

function tellPayload(event, type, data) {
  tell({event, type, length: data.length, sha256: crypto.createHash('sha256').update(data).digest('hex'),
    hex: data.length <= MAX_HEX ? data.toString('hex') : null});
}

// The options of ws for permessage-deflate, from "server_max_window_bits=10; client_no_context_takeover".
function deflateOptions() {
  if (options.deflate === undefined)
    return false;
  const found = {threshold: 0};
  for (const part of options.deflate.split(';').map(text => text.trim()).filter(text => text)) {
    const [name, value] = part.split('=');
    const key = name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    found[key] = value === undefined ? true : Number(value);
  }
  return found;
}

// Text in which earlier words are repeated at growing distances; peer.py explains why.
const noises = new Map();
function noise(size) {
  if (noises.has(size))
    return noises.get(size);
  const parts = [];
  for (let length = 0; length < size;) {
    for (let i = 0; i < 7; i++) {
      const part = crypto.randomBytes(192 << i).toString('hex');
      parts.push(part, part);
      length += 2 * part.length;
    }
  }
  noises.set(size, Buffer.from(parts.join('').slice(0, size)));
  return noises.get(size);
}

function payload(type, size) {
  if (type === 'noise')
    return noise(size);
  if (type === 'text')
    return Buffer.from('é'.repeat(size >> 1) + 'x'.repeat(size & 1));
  return Buffer.from(Array.from({length: size}, (_, i) => i * 7 % 251));
}

// Sends a payload in this many fragments.
function sendPayload(socket, type, data, nFragments) {
  const size = Math.ceil(data.length / nFragments);
  for (let i = 0; i < nFragments; i++) {
    socket.send(data.subarray(i * size, (i + 1) * size),
      {binary: type === 'binary', fin: i === nFragments - 1, compress: options.deflate !== undefined});
  }
}

// Takes one step after the other, each when the reply to the previous one was received.
function talk(socket, todo) {
  let expected = null;
  const next = () => {
    if (todo.length === 0)
      return;
    const [kind, ...words] = todo.shift().split(':');
    if (kind === 'close') {
      socket.close(...words[0] ? [Number(words[0]), words[1] || ''] : []);
    } else if (kind === 'ping') {
      expected = words[0] || '';
      socket.ping(expected);
    } else {
      expected = payload(kind, Number(words[0]));
      sendPayload(socket, kind, expected, Number(words[1] || 1));
    }
  };
  socket.on('message', (data, isBinary) => {
    tell({event: 'echo', type: isBinary ? 'binary' : 'text', length: data.length, is_equal: data.equals(expected)});
    next();
  });
  socket.on('pong', data => {
    tell({event: 'pong', hex: data.toString('hex'), is_equal: data.toString() === expected});
    next();
  });
  next();
}

function echo(socket) {
  socket.on('message', (data, isBinary) => {
    tellPayload('message', isBinary ? 'binary' : 'text', data);
    if (socket.readyState === WebSocket.OPEN)
      socket.send(data, {binary: isBinary});
  });
}

function attach(socket) {
  socket.on('ping', data => tell({event: 'ping', hex: data.toString('hex')}));
  socket.on('close', (code, reason) => tell({event: 'close', code, reason: reason.toString()}));
  if (steps.length > 0)
    talk(socket, [...steps]);
  else
    echo(socket);
}

// With an authority, clients must have a certificate.
function createServer() {
  if (!options.cert)
    return http.createServer();
  return https.createServer({cert: fs.readFileSync(options.cert), key: fs.readFileSync(options.key),
    ca: options.ca ? fs.readFileSync(options.ca) : undefined, requestCert: options.ca !== undefined,
    minVersion: options.tls, maxVersion: options.tls});
}

function serve() {
  const server = createServer();
  const sockets = new WebSocket.WebSocketServer({noServer: true, perMessageDeflate: deflateOptions(),
    maxPayload: MAX_MESSAGE, handleProtocols: offered => offered.has('chat') ? 'chat' : false});
  let extensions = null;
  sockets.on('headers', lines => {
    const line = lines.find(text => /^Sec-WebSocket-Extensions:/i.test(text));
    extensions = line ? line.replace(/^[^:]*: */, '') : null;
  });

  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/refused') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\nConnection: close\r\n\r\nnot today\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, peer => {
      tell({event: 'open', protocol: peer.protocol || null, extensions,
        header: request.headers['x-token'] || null});
      peer.on('error', error => tell({event: 'error', text: String(error)}));
      attach(peer);
    });
  });
  server.listen(0, '127.0.0.1', () => tell({event: 'listening', port: server.address().port}));
}

// The agent stores the TLS sessions.
const agent = options.visits ? new https.Agent() : undefined;
let nVisits = Number(options.visits || 1);

function connect(uri) {
  const socket = new WebSocket(uri, options.protocol ? [options.protocol] : [], {
    perMessageDeflate: deflateOptions(), maxPayload: MAX_MESSAGE, agent,
    minVersion: options.tls, maxVersion: options.tls,
    ca: options.ca ? fs.readFileSync(options.ca) : undefined});
  socket.on('close', () => {
    if (--nVisits > 0)
      connect(uri);
  });
  socket.on('error', error => tell({event: 'error', text: String(error)}));
  let extensions = null;
  socket.on('upgrade', response => {
    extensions = response.headers['sec-websocket-extensions'] || null;
  });
  socket.on('open', () => {
    tell({event: 'open', protocol: socket.protocol || null, extensions});
    attach(socket);
  });
}

tell({event: 'version', name: 'node ws', version: require('ws/package.json').version});
if (role === 'server')
  serve();
else if (options.echo !== undefined)
  readline.createInterface({input: process.stdin}).on('line', connect);
else
  connect(steps.shift());
