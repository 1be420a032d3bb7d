# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A capture of WebSocket connections, written byte by byte: pcap with raw IPv4 packets."""

import struct

LINK_RAW = 101
SYN, SYN_ACK, PUSH_ACK, FIN_ACK, RST = 0x02, 0x12, 0x18, 0x11, 0x14
BEGIN = 1_700_000_000
REQUEST = ("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n")
RESPONSE = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n{more}\r\n")
KEY = b"\x37\xfa\x21\x3d"


def frame(first, payload, key=None):
    """A frame; with a key it is masked."""
    mask = 0x80 if key else 0
    length = (bytes([mask | len(payload)]) if len(payload) < 126
              else bytes([mask | 126]) + struct.pack(">H", len(payload)))
    if key:
        payload = key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    return bytes([first]) + length + payload


class Connection:
    """A connection of TCP: its packets go to a capture, which may begin after the SYN."""

    def __init__(self, capture, client_port, server_port=8080, has_syn=True):
        self.capture = capture
        self.ports = {"client": (client_port, server_port), "server": (server_port, client_port)}
        self.sequences = {"client": 1000, "server": 0xFFFFFF00}     # one of them wraps
        for side, flags in (("client", SYN), ("server", SYN_ACK)):
            if has_syn:
                self.capture.add(self.packet(side, b"", flags))
            self.sequences[side] += 1

    def packet(self, side, payload, flags):
        source, target = self.ports[side]
        addresses = bytes([127, 0, 0, 1]) * 2
        segment = struct.pack(">HHIIBBHHH", source, target, self.sequences[side] % 2**32,
                              self.sequences["server" if side == "client" else "client"] % 2**32, 5 << 4, flags, 65535, 0, 0)
        header = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0) + addresses
        return header + segment + payload

    def send(self, side, payload, is_lost=False):
        """Returns the packet, so that it can be added later."""
        packet = self.packet(side, payload, PUSH_ACK)
        self.sequences[side] += len(payload)
        if not is_lost:
            self.capture.add(packet)
        return packet

    def open(self, path="/chat", request="", response=""):
        self.send("client", REQUEST.format(path=path, more=request).encode())
        self.send("server", RESPONSE.format(more=response).encode())

    def close(self, code=1000, reason=b""):
        payload = struct.pack(">H", code) + reason
        self.send("client", frame(0x88, payload, KEY))
        self.send("server", frame(0x88, payload))
        self.end()

    def end(self):
        for side in ("client", "server"):
            self.capture.add(self.packet(side, b"", FIN_ACK))


class Capture:
    """The bytes of a file; a packet each millisecond."""

    def __init__(self):
        self.data = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, LINK_RAW)
        self.time_us = BEGIN * 1_000_000

    def add(self, packet):
        self.data += struct.pack("<IIII", *divmod(self.time_us, 1_000_000), len(packet), len(packet)) + packet
        self.time_us += 1000

    def wait(self, seconds):
        self.time_us += seconds * 1_000_000
