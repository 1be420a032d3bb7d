/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The run "connects" of clients/client.h with ws, one context of TLS for all connections.
 *
 * --trust=system is the list of node, to which NODE_EXTRA_CA_CERTS may add one. */

const { readFileSync } = require('fs');
const tls = require('tls');
const WebSocket = require('ws');

const [run, port, ...others] = process.argv.slice(2);
const options = { seconds: 1, 'warm-up': 0.2 };
for (const other of others) {
  const [name, value] = other.slice(2).split('=');
  options[name] = value;
}
if (run !== 'connects')
  throw new Error(`there is no run ${run}`);

const isSecure = options.trust !== undefined;
const uri = `${isSecure ? 'wss' : 'ws'}://127.0.0.1:${port}/`;
const settings = { perMessageDeflate: false };
if (isSecure && options.trust !== 'system')
  settings.secureContext = tls.createSecureContext({ ca: readFileSync(options.trust) });

function connect() {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(uri, settings);

    socket.on('error', reject);
    socket.on('open', () => socket.close(1000));
    socket.on('close', resolve);
  });
}

async function connectFor(seconds) {
  const begin = performance.now();
  let n = 0;

  do {
    await connect();
    n++;
  } while (performance.now() - begin < 1000 * seconds);
  return [n, (performance.now() - begin) / 1000];
}

async function main() {
  await connectFor(Number(options['warm-up']));
  const before = process.cpuUsage();
  const [n, seconds] = await connectFor(Number(options.seconds));
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ n, cpu: 1e-6 * (user + system), seconds }));
}

main();
