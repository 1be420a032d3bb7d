// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Script of a page: keeps a WebSocket open, as WspReconnector does in a program.

/* exported keepOpen */

function keepOpen(uri, onMessage, failures = 0) {
    const socket = new WebSocket(uri);
    let opened = Infinity;

    socket.onopen = () => (opened = Date.now());
    socket.onmessage = onMessage;
    socket.onclose = ({code, reason}) => {
        const time = Date.now() - opened;       // milliseconds
        const asked = Number(/^retry-after=(\d+)(?:; |$)/.exec(reason)?.[1] ?? NaN);    // seconds
        const planned = time >= 1000 && (asked === 0 || code === 1001 || code === 1012);
        const failed = planned || time >= 30000 ? 0 : failures + 1;
        const delay = Math.min(1000 * 2 ** failed, 60000) * (1 + Math.random()) / 2;
        let wait = failed > 1 ? delay : Math.random() * 5000;

        if (asked === 0 && planned)
            wait = 0;
        else if (asked > 0 && asked <= 86400)
            wait = Math.max(delay, asked * 1000) + Math.random() * 5000;
        setTimeout(keepOpen, wait, uri, onMessage, failed);
    };
}
