# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""wamp-peer.py serializers | server SERIALIZER | client SERIALIZER URI: autobahn's WAMP, which logs each message as it sees it, one JSON object per line.

The client registers a procedure, subscribes, calls its own procedure and one that fails, publishes, and leaves. The server is a
router for one client: a message goes back to it. Messages are made, written and read by autobahn on both sides."""

import asyncio
import itertools
import json
import signal
import sys

import txaio
from autobahn.asyncio.wamp import ApplicationSession
from autobahn.asyncio.websocket import WampWebSocketClientFactory, WampWebSocketServerFactory
from autobahn.wamp import message, serializer
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.role import RoleBrokerFeatures, RoleDealerFeatures
from autobahn.wamp.types import ComponentConfig, PublishOptions

txaio.use_asyncio()
PATIENCE = 30
# autobahn has a serializer if its library is installed.
SERIALIZERS = {name: getattr(serializer, kind)
               for name, kind in (("json", "JsonSerializer"), ("msgpack", "MsgPackSerializer"), ("cbor", "CBORSerializer")) if hasattr(serializer, kind)}


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


def tell_message(event, sent):
    """The answer to HELLO has no field for the realm, which autobahn adds to its details."""
    names = ("procedure", "topic", "error", "reason") if isinstance(sent, message.Welcome) else ("procedure", "topic", "error", "reason", "realm")
    uri = next((getattr(sent, name) for name in names if getattr(sent, name, None)), None)
    tell(event, type=type(sent).__name__.upper(), request=getattr(sent, "request", None), uri=uri)


class Router:
    """The other side of one session; autobahn's objects are the messages."""

    _authid = _session_id = None        # autobahn shows them in its log

    def __init__(self):
        self.transport = None
        self.numbers = itertools.count(100)
        self.procedures, self.topics, self.calls = {}, {}, {}

    def onOpen(self, transport):
        self.transport = transport

    def onClose(self, was_clean):
        tell("closed", clean=was_clean)

    def send(self, answer):
        tell_message("sent", answer)
        self.transport.send(answer)

    def onMessage(self, received):
        tell_message("received", received)
        getattr(self, "on_" + type(received).__name__.lower())(received)

    def on_hello(self, received):
        self.send(message.Welcome(1, {"broker": RoleBrokerFeatures(), "dealer": RoleDealerFeatures()}, realm=received.realm))

    def on_register(self, received):
        self.procedures[received.procedure] = next(self.numbers)
        self.send(message.Registered(received.request, self.procedures[received.procedure]))

    def on_subscribe(self, received):
        self.topics[received.topic] = next(self.numbers)
        self.send(message.Subscribed(received.request, self.topics[received.topic]))

    def on_call(self, received):
        if received.procedure not in self.procedures:
            self.send(message.Error(message.Call.MESSAGE_TYPE, received.request, "wamp.error.no_such_procedure"))
            return
        number = next(self.numbers)
        self.calls[number] = received.request
        self.send(message.Invocation(number, self.procedures[received.procedure], args=received.args, kwargs=received.kwargs))

    def on_yield(self, received):
        self.send(message.Result(self.calls.pop(received.request), args=received.args))

    def on_publish(self, received):
        self.send(message.Published(received.request, next(self.numbers)))
        self.send(message.Event(self.topics[received.topic], next(self.numbers), args=received.args))

    def on_goodbye(self, _):
        self.send(message.Goodbye("wamp.close.goodbye_and_out"))


class Visitor(ApplicationSession):
    """The client; each step waits for the one before."""

    def __init__(self):
        super().__init__(ComponentConfig("realm1"))
        self.has_left = asyncio.get_running_loop().create_future()
        self.events = asyncio.Queue()

    async def onJoin(self, _):
        await self.register(lambda a, b: a + b, "com.example.add")
        await self.subscribe(self.events.put_nowait, "com.example.news")
        tell("result", value=await self.call("com.example.add", 2, 3))
        try:
            await self.call("com.example.nothing")
        except ApplicationError as error:
            tell("failed", uri=error.error)
        await self.publish("com.example.news", "Grüße", options=PublishOptions(acknowledge=True, exclude_me=False))
        tell("event", value=await asyncio.wait_for(self.events.get(), PATIENCE))
        self.leave()

    def onDisconnect(self):
        self.has_left.set_result(0)


async def serve(name):
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(WampWebSocketServerFactory(Router, serializers=[SERIALIZERS[name]()]), "127.0.0.1", 0)
    tell("listening", port=server.sockets[0].getsockname()[1])
    await ended.wait()
    server.close()


async def visit(name, uri):
    visitor = Visitor()
    host, port = uri.split("/")[2].split(":")
    factory = WampWebSocketClientFactory(lambda: visitor, url=uri, serializers=[SERIALIZERS[name]()])
    await asyncio.get_running_loop().create_connection(factory, host, int(port))
    return await asyncio.wait_for(visitor.has_left, PATIENCE)


def main(kind, *arguments):
    if kind == "serializers":
        tell("serializers", names=list(SERIALIZERS))
        return 0
    return asyncio.run(serve(*arguments) if kind == "server" else visit(*arguments))


sys.exit(main(*sys.argv[1:]))
