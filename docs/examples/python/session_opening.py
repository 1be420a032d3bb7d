# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The opening handshake of a client on a blocking socket, for both examples of a Wsp.Session."""

import socket
from urllib.parse import urlsplit

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp


def open_session(session, uri):
    """The socket of an open session, and the bytes read with the response."""
    parts = urlsplit(uri)
    own = Wsp.Headers.new()
    own.append('Host', parts.netloc)
    headers = session.begin_client_handshake(['chat'], None, own)
    peer = socket.create_connection((parts.hostname, parts.port))
    peer.sendall(headers.write(f'GET {parts.path} HTTP/1.1').get_data())
    received = b''
    while b'\r\n\r\n' not in received:
        more = peer.recv(4096)
        if not more or len(received) > 65536:
            raise OSError('No response')
        received += more
    head, rest = received.split(b'\r\n\r\n', 1)
    line, _, fields = head.partition(b'\r\n')
    if not line.startswith(b'HTTP/1.1 101'):
        raise OSError(f'Request refused: {line[:12].decode()}')
    session.end_client_handshake(Wsp.Headers.parse(GLib.Bytes(fields)))
    return peer, rest
