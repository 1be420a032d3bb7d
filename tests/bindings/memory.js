// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Receives or writes SIZE bytes, and prints the memory that it has had at most, in KiB: before, after a third, at the end.
// memory.js URI WAY SIZE

imports.gi.versions.Wsp = '1';
const {GLib, Wsp} = imports.gi;
const System = imports.system;

const [uri, way, size] = ARGV;
const SIZE = Number(size);
const MIB = 1 << 20;
const peaks = [];
let nBytes = 0;

function readPeak() {
    const status = new TextDecoder().decode(GLib.file_get_contents('/proc/self/status')[1]);

    return Number(/VmHWM:\s+(\d+)/.exec(status)[1]);
}

function count(length) {
    nBytes += length;
    if (peaks.length === 1 && nBytes >= SIZE / 3)
        peaks.push(readPeak());
    return nBytes < SIZE;
}

async function receive(connection) {
    for await (const data of connection) {
        if (!count(data.length))
            return;
    }
}

function receiveByEvents() {
    return new Promise((resolve, reject) => {
        const socket = new Wsp.WebSocket(uri);

        socket.onopen = () => socket.send(way);
        socket.onclose = () => reject(new Error('The connection has ended'));
        socket.onmessage = ({data}) => {
            if (!count(data.byteLength))
                resolve();
        };
    });
}

const WAYS = {
    stream: async connection => {
        for await (const chunk of connection.stream())
            count(chunk.length);
    },
    binary: receive,
    text: receive,
    messages: async connection => {
        for await (const message of connection.messages()) {
            if (!count(message.get_size()))
                return;
        }
    },
    write: async connection => {
        const data = new Uint8Array(MIB);
        const out = connection.begin(Wsp.MessageType.BINARY);

        do
            await out.write(data);              // eslint-disable-line no-await-in-loop
        while (count(data.length));
        await out.close();
    },
};

async function main() {
    const connection = way === 'events' ? null : await Wsp.connect(uri);

    peaks.push(readPeak());
    if (connection === null) {
        await receiveByEvents();
    } else {
        await connection.send(way);
        await WAYS[way](connection);
    }
    peaks.push(readPeak());
    print(nBytes, ...peaks);
}

const loop = new GLib.MainLoop(null, false);
let status = 1;

main().then(() => (status = 0)).catch(logError).finally(() => loop.quit());
loop.run();
System.exit(status);
