#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""No module is read behind the back of a program: what a signal hands over, or a handler needs, was imported when the call returned
that began to listen or to connect.  A module that is imported later is not found where no descriptor is left.

Each scene is a process of its own: test_late_imports.py runs test_late_imports.py SCENE."""

import os
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True

from lib.raw_peer import Peer, accept_of, read_frame  # noqa: E402
from lib.tap import Tap  # noqa: E402

SECONDS = 60
REQUEST = (b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
HELLO = bytes((0x81, 0x82, 0, 0, 0, 0)) + b"hi"


def play_client(port, ended):
    """Sends a message as soon as it may, then a request that is refused, and reads both to their ends."""
    for sent in (REQUEST + HELLO, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"garbage\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port)) as one:
            one.sendall(sent)
            while data := one.recv(65536):
                if b"\x88" in data:
                    one.sendall(bytes((0x88, 0x82, 0, 0, 0, 0, 3, 0xe8)))
    ended()


def play_server(peer):
    peer.write(f"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
               f"{accept_of(peer.header(b'Sec-WebSocket-Key'))}\r\n\r\n".encode() + b"\x81\x02hi")
    while read_frame(peer.stream)[0] != 0x88:
        pass
    peer.write(b"\x88\x02\x03\xe8")


def fail(*unused):
    raise ValueError("as the test wants")


class Late:
    """Finds no module for the main thread: each one that is asked for is noted."""

    def __init__(self):
        self.names = []

    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is not threading.main_thread():
            return None                 # the peer's
        self.names.append(name)
        raise ImportError(f"{name} is imported late")


def begin(late):
    sys.meta_path.insert(0, late)


def run_loop(start):
    """For scenes without asyncio."""
    loop = GLib.MainLoop()
    GLib.timeout_add_seconds(SECONDS, lambda: os._exit(2))
    start(lambda *unused: GLib.idle_add(loop.quit))
    loop.run()


def of_server(late, on_connection, on_request=None):
    def start(ended):
        server = Wsp.Server()
        server.connect("connection", on_connection)
        if on_request is not None:
            server.connect("request", on_request)
            server.connect("http-request", on_request)
        server.connect("handshake-failed", lambda server, address, handshake, error: print(handshake, error))
        port = server.listen_inet("127.0.0.1", 0, Wsp.ListenFlags.DEFAULT).get_port()
        begin(late)
        threading.Thread(target=play_client, args=(port, ended), daemon=True).start()
        kept.append(server)
    run_loop(start)


def scene_server_function(late):
    def on_message(connection, message):
        connection.queue_message(message)
        print(connection.handshake, connection.limits.max_message_size, connection.dup_stats())
        connection.close_async(1000, None)
    of_server(late, lambda server, connection: connection.set_message_func(on_message))


def scene_server_handler(late):
    def on_connection(server, connection):
        group = Wsp.Group(server)
        group.add(connection)
        connection.subscribe("topic")
        connection.connect("closed", lambda connection: print(connection.close_info))
        connection.connect("message", lambda connection, message: connection.close_async(1000, None))
    of_server(late, on_connection)


def scene_server_raises(late):
    of_server(late, lambda server, connection: connection.set_message_func(fail))


def scene_server_request_raises(late):
    of_server(late, fail, fail)


def scene_server_rejects(late):
    def refuse(server, request):
        if isinstance(request, Wsp.Handshake):
            request.reject(401, {"X-A": "b"}, "no")
        else:
            request.respond(200, {"X-A": "b"}, "yes")
        return True
    of_server(late, fail, refuse)


def scene_serve(late):
    import asyncio

    async def handle(connection):
        print(await connection.recv(), connection)
        await connection.send("x")
        await connection.send(["a", "b"])
        async with connection.begin(Wsp.MessageType.TEXT) as out:
            await out.write("abc")
        connection.subscribe("topic")
        print(connection.server.dup_stats())
        try:
            async with connection.stream() as reader:
                await reader.read(timeout=0.05)
        except TimeoutError:
            pass
        fail()

    async def main():
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with Wsp.serve(handle, "127.0.0.1") as server:
            begin(late)
            threading.Thread(target=play_client, args=(server.port, lambda: loop.call_soon_threadsafe(ended.set)), daemon=True).start()
            await asyncio.wait_for(ended.wait(), SECONDS)
    Wsp.run(main())


def scene_serve_coroutines(late):
    import asyncio

    async def handle(connection):
        async for _ in connection.messages():
            await connection.close(4000, "x")

    async def on_request(server, request):
        await asyncio.sleep(0)
        if isinstance(request, Wsp.Handshake):
            return True
        fail()

    async def main():
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        server = Wsp.Server()
        server.connect("request", on_request)
        server.connect("http-request", on_request)
        async with Wsp.serve(handle, "127.0.0.1", server=server):
            begin(late)
            threading.Thread(target=play_client, args=(server.port, lambda: loop.call_soon_threadsafe(ended.set)), daemon=True).start()
            await asyncio.wait_for(ended.wait(), SECONDS)
    Wsp.run(main())


def scene_client_callback(late):
    def start(ended):
        client = Wsp.Client()

        def on_connected(client, result):
            connection = client.connect_finish(result)
            connection.set_message_func(lambda connection, message: connection.close_async(1000, None))
            connection.connect("closed", ended)
            kept.append(connection)
        begin(late)
        client.connect_async(start_peer(), None, None, None, on_connected)
    run_loop(start)


def scene_reconnector(late):
    def start(ended):
        reconnector = Wsp.Reconnector(start_peer())

        def on_connected(reconnector, connection):
            connection.connect("message", lambda connection, message: connection.close_async(1000, None))
            connection.connect("closed", ended)
        reconnector.connect("connected", on_connected)
        reconnector.connect("disconnected", lambda *arguments: print(arguments))
        reconnector.start()
        begin(late)
        kept.append(reconnector)
    run_loop(start)


def scene_connect(late):
    async def main():
        uri = start_peer()
        begin_connect = Wsp.connect(uri)
        begin(late)
        async with begin_connect as connection:
            print(await connection.recv(timeout=5))
            await connection.send(b"x")
    Wsp.run(main())


def scene_new_for_stream(late):
    """A class is completed with its first use, also that of a function that makes an object."""
    new = Wsp.Connection.new_for_stream
    begin(late)
    near, far = socket.socketpair()
    stream = Gio.Socket.new_from_fd(near.detach()).connection_factory_create_connection()
    connection = new(stream, Wsp.Role.CLIENT, None, None, None)
    connection.set_message_func(fail)
    connection.start_receiving()
    far.sendall(b"\x81\x02hi")
    while connection.get_state() == Wsp.ConnectionState.OPEN:
        GLib.MainContext.default().iteration(True)
    connection.abort()


def scene_first_use_again(late):
    """A first use that could not read its modules raises, and the next one has all methods."""
    begin(late)
    try:
        Wsp.Server()
    except ImportError:
        sys.meta_path.remove(late)
        print(late.names.pop(), Wsp.Server().port, Wsp.Server(max_connections=5).max_connections, Wsp.Connection.send)
        late.names.clear()


def start_peer():
    peer = Peer(play_server)
    peer.thread.start()
    return peer.uri


kept = []
SCENES = {name.removeprefix("scene_"): function for name, function in dict(globals()).items() if name.startswith("scene_")}


def main():
    tap = Tap()
    for name in SCENES:
        done = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, timeout=2 * SECONDS, check=False)
        last = done.stdout.splitlines()[-1:]
        tap.point(done.returncode == 0 and last == ["late []"], f"/bindings/late-imports/python/{name}",
                  [*done.stdout.splitlines(), *done.stderr.splitlines()])
    return tap.end()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    import gi
    gi.require_version("Wsp", "1")
    from gi.repository import Gio, GLib, Wsp
    noted = Late()
    SCENES[sys.argv[1]](noted)
    sys.meta_path[:] = [one for one in sys.meta_path if one is not noted]
    print(f"late {noted.names}")
    sys.stdout.flush()
