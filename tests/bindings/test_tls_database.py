#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A tls-database in Python decides about the certificates of clients and of servers, and a handler of accept-certificate
about those of servers.  Only NO_FLAGS, or true, is consent."""

import ctypes
import logging
import os
import subprocess
import sys
import tempfile
import threading

import gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, Wsp  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from tap import Tap  # noqa: E402

REQUIRED = Gio.TlsAuthenticationMode.REQUIRED
tap = Tap()
logged = []
asked = []              # the thread of each call of a database


class Log(logging.Handler):
    def emit(self, record):
        logged.append(record.getMessage())


class Wanted(Exception):
    pass


class Database(Gio.TlsDatabase):
    """Its verify_chain does what `action` does."""

    def __init__(self, action):
        super().__init__()
        self.action = action

    def do_verify_chain(self, *arguments):
        asked.append(threading.get_ident())
        return self.action(self)


class Derived(Database):
    """Has its method from Python, and was registered before the other class was used."""


class Async(Gio.TlsDatabase):
    """Its verify_chain_async does what `action` does."""

    def __init__(self, action, finish):
        super().__init__()
        self.action, self.finish = action, finish

    def do_verify_chain_async(self, chain, purpose, identity, interaction, flags, cancellable, callback, data):
        asked.append(threading.get_ident())
        self.task = Gio.Task.new(self, cancellable, None)
        self.action(self, lambda: callback(self, self.task))

    def do_verify_chain_finish(self, result):
        return self.finish(result)


def fail(*arguments):
    raise Wanted


def fail_in_gio(*arguments):
    raise GLib.Error('the authority is at lunch', 'g-io-error-quark', Gio.IOErrorEnum.FAILED)


async def decide_later(*arguments):
    return Gio.TlsCertificateFlags.NO_FLAGS


def run_the_loop(database):
    fired = []
    GLib.idle_add(fired.append, True)
    run_until(lambda: fired)
    return Gio.TlsCertificateFlags.NO_FLAGS


def return_late(database):
    run_until(lambda: database.failures)
    return Gio.TlsCertificateFlags.NO_FLAGS


def returning(flags):
    def complete(database, done):
        database.task.return_int(flags)
        GLib.idle_add(done)
    return complete


def read(result):
    return result.propagate_int()


# Answers of each function that are no flags.
WRONG = {'nothing': None, 'false': False, 'true': True, 'text': '0', 'empty-text': '', 'bytes': b'', 'list': [], 'half': 0.5, 'zero-with-a-point': 0.0,
         'nan': float('nan'), 'infinity': float('inf'), 'complex': 0j, 'object': object(), 'enumeration': Gio.TlsAuthenticationMode.NONE,
         'other-flags': Gio.TlsCertificateRequestFlags.NONE, 'enumeration-of-wsp': Wsp.Role.CLIENT, '33-bits': 1 << 32, '65-bits': 1 << 64,
         'negative': -1, 'negative-33-bits': -(1 << 32)}


# Claim, the database, whether a client with a certificate that no authority issued is let in, the line of the log.
CASES = (
    ('sync-trusts', Database(lambda database: Gio.TlsCertificateFlags.NO_FLAGS), True, None),
    ('sync-refuses', Database(lambda database: Gio.TlsCertificateFlags.UNKNOWN_CA), False, None),
    ('sync-refuses-by-a-number', Database(lambda database: 8), False, None),
    ('sync-raises', Database(fail), False, 'raised Wanted'),
    ('sync-raises-what-is-no-exception', Database(lambda database: sys.exit()), False, 'raised SystemExit'),
    ('sync-raises-an-error-of-glib', Database(fail_in_gio), False, 'raised'),
    ('sync-inherited-raises', Derived(fail), False, 'raised Wanted'),
    ('sync-is-a-coroutine', Database(decide_later), False, 'raised TypeError'),
    *((f'sync-returns-{name}', Database(lambda database, value=value: value), False, 'raised') for name, value in WRONG.items()),
    *((f'async-finish-returns-{name}', Async(returning(0), lambda result, value=value: value), False, 'raised') for name, value in WRONG.items()),
    ('sync-runs-the-loop', Database(run_the_loop), True, None),
    ('sync-returns-late', Database(return_late), False, None),
    ('async-trusts', Async(returning(0), read), True, None),
    ('async-refuses', Async(returning(8), read), False, None),
    ('async-raises', Async(fail, read), False, None),
    ('async-finish-raises', Async(returning(0), fail), False, 'raised Wanted'),
    ('async-finish-is-a-coroutine', Async(returning(0), decide_later), False, 'raised TypeError'),
    ('async-never-returns', Async(lambda database, done: None, read), False, None),
)
SLOW = 'sync-returns-late', 'async-raises', 'async-never-returns'       # they end with the time-out


def keeps_data(certificate):
    """Whether C gets the data back with which it calls do_verify_chain_async (): PyGObject 3.50 loses them."""
    received = []
    kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    callback = kind(lambda source, result, data: received.append(data))
    database = Async(lambda database, done: done(), read)
    ctypes.CDLL('libgio-2.0.so.0').g_tls_database_verify_chain_async(
        ctypes.c_void_p(hash(database)), ctypes.c_void_p(hash(certificate)), b'purpose',
        None, None, 0, None, callback, ctypes.c_void_p(1))
    return received == [1]


def run_until(condition):
    context = GLib.MainContext.default()
    while not condition():
        context.iteration(True)


def make_certificate(folder, name):
    key, certificate = os.path.join(folder, name + '-key'), os.path.join(folder, name)
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-days', '2', '-subj', f'/CN={name}', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key,
                    '-out', certificate], check=True, capture_output=True)
    return Gio.TlsCertificate.new_from_files(certificate, key), Gio.TlsFileDatabase.new(certificate)


def connect(client, port, results=None):
    """Whether it is connected: a refusal follows later, so it waits for a greeting of the server."""
    results, messages = [] if results is None else results, []
    client.connect_async(f'wss://127.0.0.1:{port}/', None, None, None, lambda client, result: results.append(result))
    run_until(lambda: results)
    try:
        connection = client.connect_finish(results[0])
    except GLib.Error:
        return False
    connection.connect('message', lambda connection, message: messages.append(message))
    connection.start_receiving()
    run_until(lambda: messages or connection.state == Wsp.ConnectionState.CLOSED)
    connection.abort()
    return bool(messages)


def test_server(claim, database, is_trusted, line, certificate, known, stranger):
    path = f'/bindings/python/tls-database/server/{claim}'
    requests, failures = [], []
    logged.clear()
    asked.clear()
    database.failures = failures
    server = Wsp.Server(tls_certificate=certificate, tls_database=database, tls_authentication_mode=REQUIRED)
    server.limits.handshake_timeout_seconds = 0.3 if claim in SLOW else 30
    server.connect('request', lambda server, handshake: requests.append(handshake) or True)
    server.connect('connection', lambda server, connection: connection.queue_text('hi'))
    server.connect('handshake-failed', lambda server, address, handshake, error: failures.append(error))
    client = Wsp.Client(tls_certificate=stranger, tls_database=known)
    is_connected = connect(client, server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.TLS).get_port())
    if not is_trusted:
        run_until(lambda: failures or requests)
    shown = [is_connected, requests, failures, logged, asked]
    tap.point(is_connected == is_trusted and len(requests) == int(is_trusted), path, shown)
    tap.point(asked == [threading.get_ident()], f'{path}/asked-in-the-thread-of-the-server', shown)
    tap.point([line in text for text in logged] == [True] if line else not logged, f'{path}/logged', shown)


def test_client(claim, database, is_trusted, certificate):
    asked.clear()
    database.failures = []              # here: the result of the call, for a database that waits for it
    server = Wsp.Server(tls_certificate=certificate)
    server.connect('connection', lambda server, connection: connection.queue_text('hi'))
    client = Wsp.Client(connect_timeout_seconds=1.5 if claim in SLOW else 30)
    client.tls_database = database
    is_connected = connect(client, server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.TLS).get_port(), database.failures)
    tap.point(is_connected == is_trusted and asked == [threading.get_ident()],
              f'/bindings/python/tls-database/client/{claim}', [is_connected, asked])


def test_default(claim, make, certificate):
    """GIO's default database, which a program sets without Wsp."""
    backend = Gio.TlsBackend.get_default()
    asked.clear()
    backend.set_default_database(make())
    server = Wsp.Server(tls_certificate=certificate)
    server.connect('connection', lambda server, connection: connection.queue_text('hi'))
    is_connected = connect(Wsp.Client(), server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.TLS).get_port())
    backend.set_default_database(None)
    tap.point(not is_connected and asked == [threading.get_ident()], f'/bindings/python/tls-database/default/{claim}',
              [is_connected, asked])


def make_late():
    class Late(Database):
        pass
    return Late(fail)


# Claim, what the handler does, whether the client connects.
HANDLERS = (
    ('accepts', lambda client: True, True),
    ('refuses', lambda client: False, False),
    ('raises', fail, False),
    ('returns-nothing', lambda client: None, False),
    ('runs-the-loop', lambda client: run_the_loop(client) == 0, True),
)


def test_handler(claim, action, is_trusted, certificate, known):
    server = Wsp.Server(tls_certificate=certificate)
    server.connect('connection', lambda server, connection: connection.queue_text('hi'))
    client = Wsp.Client(tls_database=known)
    client.connect('accept-certificate', lambda client, *arguments: action(client))
    is_connected = connect(client, server.listen_inet('127.0.0.1', 0, Wsp.ListenFlags.TLS).get_port())
    tap.point(is_connected == is_trusted, f'/bindings/python/tls-database/accept-certificate/{claim}', [is_connected])


def main():
    logging.getLogger('wsp').addHandler(Log())
    logging.getLogger('wsp').propagate = False
    GLib.MainContext.default().acquire()        # otherwise GIO's thread may take it between two iterations
    with tempfile.TemporaryDirectory() as folder:
        certificate, known = make_certificate(folder, 'server')
        stranger, _ = make_certificate(folder, 'stranger')
        # Before Wsp.Client is first read.
        test_default('raises-and-is-older-than-the-client', lambda: Database(fail), certificate)
        test_default('raises-and-is-younger-than-the-client', make_late, certificate)
        is_able = keeps_data(certificate)
        for claim, database, is_trusted, line in CASES:
            if claim.startswith('async-') and not is_able:
                tap.skip(f'/bindings/python/tls-database/server/{claim}', 'PyGObject loses the data of callbacks')
            else:
                test_server(claim, database, is_trusted, line, certificate, known, stranger)
        for claim, database, is_trusted, _ in CASES:
            if claim.startswith('async-') and not is_able:
                tap.skip(f'/bindings/python/tls-database/client/{claim}', 'PyGObject loses the data of callbacks')
            else:
                test_client(claim, database, is_trusted, certificate)
        for claim, action, is_trusted in HANDLERS:
            test_handler(claim, action, is_trusted, stranger, known)
    return tap.end()


sys.exit(main())
