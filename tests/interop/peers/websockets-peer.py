#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Python's websockets as a peer; README.md in the folder above has the command line and the events."""

import asyncio
import http
import ssl

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory

from peer import Options, begin, payload, tell, tell_payload

IS_LEGACY = int(websockets.__version__.split(".")[0]) < 14      # before the new asyncio implementation

LIMITS = {"max_size": 64 << 20, "ping_interval": None}


def bytes_of(message):
    return message.encode() if isinstance(message, str) else message


def type_of(message):
    return "text" if isinstance(message, str) else "binary"


def fragments_of(kind, data, n_fragments):
    """Pieces in the form that websockets accepts: text is cut between characters."""
    whole = data if kind == "binary" else data.decode()
    if n_fragments == 1:
        return whole
    size = -(-len(whole) // n_fragments)
    return [whole[i * size:(i + 1) * size] for i in range(n_fragments)]


async def take_step(socket, step):
    kind, *words = step.split(":")
    if kind == "close":
        await socket.close(*([int(words[0])] if words else []), *words[1:])
    elif kind == "ping":
        await (await socket.ping(words[0].encode()))
        tell(event="pong", hex=words[0].encode().hex(), is_equal=True)
    else:
        expected = payload(kind, int(words[0]))
        await socket.send(fragments_of(kind, expected, int(words[1]) if len(words) > 1 else 1))
        answer = await socket.recv()
        tell(event="echo", type=type_of(answer), length=len(bytes_of(answer)),
             is_equal=bytes_of(answer) == expected)


async def echo(socket):
    async for message in socket:
        tell_payload("message", type_of(message), bytes_of(message))
        await socket.send(message)


def agreed(extension, options):
    """The parameters of an extension, with the names of RFC 7692."""
    sides = {"server": "local", "client": "remote"}
    if options.role == "client":
        sides = {"server": "remote", "client": "local"}
    words = ["permessage-deflate"]
    for side, own in sides.items():
        if getattr(extension, f"{own}_no_context_takeover"):
            words.append(f"{side}_no_context_takeover")
        words.append(f"{side}_max_window_bits={getattr(extension, f'{own}_max_window_bits')}")
    return "; ".join(words)


async def converse(socket, options):
    in_use = socket.extensions if IS_LEGACY else socket.protocol.extensions
    headers = socket.request_headers if IS_LEGACY else socket.request.headers
    tell(event="open", protocol=socket.subprotocol, header=headers.get("X-Token"),
         extensions=", ".join(agreed(extension, options) for extension in in_use) or None)
    try:
        for step in options.steps:
            await take_step(socket, step)
        if options.steps:
            await socket.wait_closed()
        else:
            await echo(socket)
    except websockets.ConnectionClosed as error:
        if error.rcvd is None:              # it raises an exception for most close codes as well
            tell(event="error", text=str(error))
    tell(event="close", code=socket.close_code, reason=socket.close_reason)


def deflate_factory(options, factory):
    if options.deflate is None:
        return None
    return [factory(**{name: True if value is None else value for name, value in options.deflate_parameters()})]


async def refuse_path(path, headers):
    return (http.HTTPStatus.FORBIDDEN, [], b"not today\n") if path == "/refused" else None


def refuse_request(socket, request):
    return socket.respond(http.HTTPStatus.FORBIDDEN, "not today\n") if request.path == "/refused" else None


def choose(first, second):
    """Legacy: the offer, our list; otherwise the connection, the offer."""
    return "chat" if "chat" in (first if IS_LEGACY else second) else None


def server_context(options):
    """With an authority, clients must have a certificate."""
    if not options.cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    if options.ca:
        context.load_verify_locations(options.ca)
        context.verify_mode = ssl.CERT_REQUIRED
    if options.tls:
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, options.tls.replace(".", "_"))
    return context


async def serve(options):
    server = await websockets.serve(lambda socket: converse(socket, options), "127.0.0.1", 0, ssl=server_context(options),
                                    compression=None, extensions=deflate_factory(options, ServerPerMessageDeflateFactory),
                                    subprotocols=["chat"], select_subprotocol=choose,
                                    process_request=refuse_path if IS_LEGACY else refuse_request, **LIMITS)
    tell(event="listening", port=server.sockets[0].getsockname()[1])
    await asyncio.Future()


async def connect(options):
    context = ssl.create_default_context(cafile=options.ca) if options.ca else None
    async with websockets.connect(options.uri, compression=None, ssl=context,
                                  extensions=deflate_factory(options, ClientPerMessageDeflateFactory),
                                  subprotocols=[options.protocol] if options.protocol else None,
                                  **LIMITS) as socket:
        await converse(socket, options)


def main(words):
    options = Options(words)
    tell(event="version", name="Python websockets", version=websockets.__version__)
    asyncio.run(serve(options) if options.role == "server" else connect(options))


main(begin())
