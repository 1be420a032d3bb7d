#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Calls of a connection that ends, or has ended, fail in one domain: the table of test-ended-calls.c, in Python."""

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

import gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from tap import Tap  # noqa: E402

HALF_MESSAGE = b'\x01\x81\0\0\0\0a'
CLOSE = b'\x88\x82\0\0\0\0\x03\xe8'
BAD_FRAME = b'\xc1\x81\0\0\0\0a'
ENDS = {'reset': Wsp.AbnormalClosure, 'eof': Wsp.AbnormalClosure, 'tls-cut': Wsp.AbnormalClosure, 'keepalive': Wsp.AbnormalClosure, '1002': Wsp.InvalidFormat, 'close': Wsp.Closed}
# After a closing handshake there is no next message, and nothing more to close.
WITHOUT_ERROR = {('close', 'receive'), ('close', 'receive_stream'), ('close', 'close'),
                 *((how, name) for how in ENDS for name in ('close-normal', 'close-away'))}
tap = Tap()


class Talk:
    """A connection of a server, and the socket of its peer."""

    def __init__(self, keepalive, has_tls):
        near, self.peer = socket.socketpair()
        stream = Gio.Socket.new_from_fd(near.detach()).connection_factory_create_connection()
        if has_tls:
            stream = Gio.TlsServerConnection.new(stream, CERTIFICATES[0])
        self.connection = Wsp.Connection.new_for_stream(stream, Wsp.Role.SERVER, None, None, None)
        self.connection.set_limits(Wsp.Limits(close_timeout_seconds=0.05, keepalive_interval_seconds=keepalive, keepalive_timeout_seconds=0.01))
        self.input = self.output = None
        if has_tls:
            self.shake_hands()

    def shake_hands(self):
        """In a thread, because the connection needs the main loop."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        made = []

        def run():
            made.append(context.wrap_socket(self.peer))
            GLib.MainContext.default().wakeup()
        threading.Thread(target=run, daemon=True).start()
        run_until(lambda: made)
        self.peer = made[0]

    def begin_input(self):
        streams = []
        self.connection.receive_stream_async(None, lambda connection, result: streams.append(connection.receive_stream_finish(result)))
        self.peer.sendall(HALF_MESSAGE)
        run_until(lambda: streams)
        self.input = streams[0]
        self.input.read_bytes(1)

    def begin_output(self):
        self.output = self.connection.begin_message(Wsp.MessageType.BINARY)

    def end(self, how):
        if how == 'reset':                              # only a peer that has not read all makes the system reset the connection
            self.connection.ping_async(None, None, lambda *ignored: None)
            run_pending()
            self.peer.close()
        elif how == 'tls-cut':                          # without close_notify
            socket.socket.shutdown(self.peer, socket.SHUT_WR)
        elif how != 'keepalive':
            self.peer.sendall({'1002': BAD_FRAME, 'close': CLOSE, 'eof': b''}[how])
            self.peer.shutdown(socket.SHUT_WR)
        run_until(lambda: self.connection.get_close_info() is not None)


def make_certificate():
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = os.path.join(folder, 'key'), os.path.join(folder, 'certificate')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                        '-days', '2', '-subj', '/CN=a', '-keyout', key, '-out', certificate], check=True, capture_output=True, timeout=60)
        return Gio.TlsCertificate.new_from_files(certificate, key)


def run_until(condition):
    while not condition():
        GLib.MainContext.default().iteration(True)


def run_pending():
    while GLib.MainContext.default().iteration(False):
        pass


def call(owner, name, *arguments):
    """A call, as a list for its error, or None, which is there when the call has ended."""
    ended = []

    def on_result(source, result):
        try:
            getattr(owner, f'{name}_finish')(result)
            ended.append(None)
        except Exception as error:
            ended.append(error)
    getattr(owner, f'{name}_async')(*arguments, on_result)
    return ended


def close(talk, code):
    """The coroutine, which returns however the connection ends."""
    ended = []
    LOOP.create_task(talk.connection.close(code)).add_done_callback(lambda task: ended.append(task.exception()))
    return ended


LOOP = Wsp.EventLoop()
CALLS = {
    'receive': lambda talk: call(talk.connection, 'receive', None),
    'receive_stream': lambda talk: call(talk.connection, 'receive_stream', None),
    'send': lambda talk: call(talk.connection, 'send_message', Wsp.Message.new_text('a'), Wsp.SendFlags.DEFAULT, None),
    'flush': lambda talk: call(talk.connection, 'flush', None),
    'ping': lambda talk: call(talk.connection, 'ping', None, None),
    'close': lambda talk: call(talk.connection, 'close', 1000, None, None),
    'close-normal': lambda talk: close(talk, 1000),
    'close-away': lambda talk: close(talk, 1001),
    'read_part': lambda talk: call(talk.input, 'read_bytes', 8, 0, None),
    'write_part': lambda talk: call(talk.output, 'write_bytes', GLib.Bytes.new(b'a'), 0, None),
}
WAITING = 'receive', 'receive_stream', 'ping', 'close', 'close-normal', 'close-away', 'read_part'     # output that waits is only in the test in C


def test_call(how, name, is_late):
    talk = Talk(0.3 if how == 'keepalive' else 0, how == 'tls-cut')
    if name == 'read_part':
        talk.begin_input()
    if name == 'write_part':
        talk.begin_output()
    ended = None if is_late else CALLS[name](talk)
    talk.end(how)
    ended = CALLS[name](talk) if is_late else ended
    run_until(lambda: ended)
    error = ended[0]
    expected = type(None) if (how, name) in WITHOUT_ERROR else ENDS[how]
    tap.point(type(error) is expected, f'/bindings/ended-calls/python/{how}/{name}/{"is-late" if is_late else "waits"}',
              [f'expected {expected.__name__}, received {error!r}'])
    if isinstance(error, Wsp.AbnormalClosure):
        of_transport = talk.connection.get_close_info().get_error()
        tap.point((error.__cause__ is None) == isinstance(of_transport, Wsp.Error),
                  f'/bindings/ended-calls/python/{how}/{name}/{"is-late" if is_late else "waits"}-has-its-cause', [repr(error.__cause__)])


CERTIFICATES = []


def main():
    CERTIFICATES.append(make_certificate())
    for how in ENDS:
        for name in CALLS:
            test_call(how, name, True)
            if name in WAITING:
                test_call(how, name, False)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
