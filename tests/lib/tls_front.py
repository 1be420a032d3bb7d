# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""TLS in front of a proxy without TLS: the proxy then has a URI that begins with https."""

import asyncio
import contextlib
import ssl
import threading

TIMEOUT = 30


async def copy(source, target):
    try:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
    finally:
        target.close()


class TlsFront:
    """Accepts TLS at a port of its own, and relays the decrypted bytes to another port of this machine."""

    def __init__(self, port, certificate, key, address="127.0.0.1"):
        self.behind = port
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self.serve, address, 0, ssl=self.context))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    async def serve(self, reader, writer):
        back, there = await asyncio.open_connection("127.0.0.1", self.behind)
        await asyncio.gather(copy(reader, there), copy(back, writer))

    async def end(self):
        """Ends all connections, too: the server behind waits for their end."""
        self.server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def stop(self):
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result(TIMEOUT)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(TIMEOUT)
