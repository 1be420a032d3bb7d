# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Packets of this machine, recorded by dumpcap."""

import re
import shutil
import signal
import socket
import struct
import subprocess
import threading

from lib.program import Program

PATIENCE = 60                   # seconds; only a hang takes this long
FILE_HEADER, PACKET_HEADER = 24, struct.Struct("=IIII")
ETHERNET, IPV4 = 14, 20         # bytes before the header of TCP on the loopback interface


def missing():
    """The program that is not installed, or None."""
    return next((f"{name} is not installed" for name in ("dumpcap", "tshark", "editcap", "openssl") if shutil.which(name) is None), None)


def filter_of(ports):
    return " or ".join(f"tcp port {port}" for port in ports)


def read_packets(path):
    """The header of a file, and its packets with their headers."""
    with open(path, "rb") as file:
        header, packets = file.read(FILE_HEADER), []
        while begin := file.read(PACKET_HEADER.size):
            packets.append(begin + file.read(PACKET_HEADER.unpack(begin)[2]))
    return header, packets


def write_packets(path, header, packets):
    with open(path, "wb") as file:
        file.write(header + b"".join(packets))
    return path


def port_of_target(packet):
    return int.from_bytes(packet[PACKET_HEADER.size + ETHERNET + IPV4:][2:4], "big")


def segment_of(packet):
    """The values that two packets have in common if one is the other, sent again: ports, sequence number and payload."""
    at = PACKET_HEADER.size + ETHERNET + IPV4
    return packet[at:at + 8], packet[len(packet) - count_payload(packet):]


def count_payload(packet):
    """The number of bytes after the header of TCP."""
    at = PACKET_HEADER.size + ETHERNET + IPV4
    return len(packet) - at - (packet[at + 12] >> 4) * 4


class Recording:
    """Records the packets of some ports.  The first packet of another port, to which end () connects, is the end of the file:
    then dumpcap has read all packets before it.  reason: why nothing is recorded, or None."""

    def __init__(self, path, ports):
        self.path = path
        self.marker = socket.create_server(("127.0.0.1", 0))
        self.marker_port = self.marker.getsockname()[1]
        self.dumpcap = Program(["dumpcap", "-q", "-P", "-B", "64", "-i", "lo", "-f", filter_of([*ports, self.marker_port]), "-w", "-"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        header = self.dumpcap.stdout.read(FILE_HEADER)
        self.reason = None
        if len(header) < FILE_HEADER:
            self.reason = self.dumpcap.stderr.read().decode().strip().splitlines()[-1]
            self.dumpcap.wait()
            return
        self.copier = threading.Thread(target=self.copy, args=(header,), daemon=True)
        self.copier.start()

    def copy(self, header):
        with open(self.path, "wb") as file:
            file.write(header)
            while begin := self.dumpcap.stdout.read(PACKET_HEADER.size):
                packet = begin + self.dumpcap.stdout.read(PACKET_HEADER.unpack(begin)[2])
                if port_of_target(packet) == self.marker_port:
                    return
                file.write(packet)

    def end(self):
        with socket.create_connection(("127.0.0.1", self.marker_port)):
            self.copier.join(PATIENCE)
        self.marker.close()
        self.dumpcap.send_signal(signal.SIGINT)
        self.dumpcap.stdout.read()
        said = self.dumpcap.stderr.read().decode()
        self.dumpcap.wait()
        dropped = re.search(r"received/dropped on .*: \d+/(\d+)", said)
        if self.copier.is_alive() or (dropped and int(dropped.group(1)) > 0):
            self.reason = f"dumpcap has lost packets: {said.strip()}"
