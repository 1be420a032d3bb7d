#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Where Wsp.serve () listens, in Python and GJS: only at the places in its arguments.  test_places.py GJS

Each row is a program of each language, with the socket PLACES/given as descriptor 3, as a service manager passes it.  The
sockets on which the process listens are those that the kernel lists."""

import os
import re
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))
from program import Program  # noqa: E402
from tap import Tap  # noqa: E402

SECONDS = 30
FLAGS = ('proxied', 2), ('tls', 1)      # of WspListenFlags
PROGRAMS = {
    'python': '''
import asyncio, os, socket, sys, gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, Wsp

async def echo(connection):
    async for data in connection:
        await connection.send(data)

def listening():
    own = Wsp.Server()
    own.listen(Gio.UnixSocketAddress.new('own'))
    return own

def listening_on_tcp():
    own = listening()
    own.listen_inet('127.0.0.1', 0)
    return own

def certificate():
    return Gio.TlsCertificate.new_from_files('certificate', 'key')

async def main():
    try:
        server = await Wsp.serve(echo, {arguments})
    except Exception as error:
        print('error', type(error).__name__, error, flush=True)
        return
    listeners = server.get_listeners()
    flags = {{int(listeners.get_item(i).get_flags()) for i in range(listeners.get_n_items())}}
    print('port', server.port, *flags, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.close()

Wsp.run(main())
''',
    'gjs': '''
imports.gi.versions.Wsp = '1';
const {{Gio, GLib, Wsp}} = imports.gi;
const loop = new GLib.MainLoop(null, false);

async function echo(connection) {{
    for await (const data of connection)
        await connection.send(data);
}}

function listening() {{
    const own = new Wsp.Server();

    own.listen(Gio.UnixSocketAddress.new('own'));
    return own;
}}

function listeningOnTcp() {{
    const own = listening();

    own.listen_inet('127.0.0.1', 0);
    return own;
}}

function certificate() {{
    return Gio.TlsCertificate.new_from_files('certificate', 'key');
}}

try {{
    const server = Wsp.serve(echo, {arguments});

    const listeners = server.get_listeners();
    const flags = new Set(Array.from({{length: listeners.get_n_items()}}, (_nothing, i) => listeners.get_item(i).get_flags()));

    print('port', server.port, ...flags);

    GLib.io_add_watch(GLib.IOChannel.unix_new(0), 0, GLib.IOCondition.IN | GLib.IOCondition.HUP, () => {{
        server.close().then(() => loop.quit());
        return GLib.SOURCE_REMOVE;
    }});
    loop.run();
}} catch (error) {{
    print('error', error.name, error.message);
}}
''',
}
# Claim, arguments in each language, where it listens: tcp and tcp6 are a free port of loopback, names are files; or the error.
ROWS = (
    ('nothing-said-is-a-free-port', '', '', ('tcp', 'tcp6')),
    ('address', "'127.0.0.1'", "'127.0.0.1'", ('tcp',)),
    ('address-and-port', "'127.0.0.1', 0", "'127.0.0.1', 0", ('tcp',)),
    ('port', 'port=0', 'null, 0', ('tcp', 'tcp6')),
    ('server-that-listens', 'server=listening()', 'null, null, {server: listening()}', ('own',)),
    ('server-and-address', "'127.0.0.1', server=listening()", "'127.0.0.1', null, {server: listening()}", ('own', 'tcp')),
    ('server-that-does-not-listen', 'server=Wsp.Server()', 'null, null, {server: new Wsp.Server()}', ()),
    ('unix-of-a-server-on-tcp', "unix='path', server=listening_on_tcp()", "null, null, {unix: 'path', server: listeningOnTcp()}",
     ('own', 'path', 'tcp')),
    ('certificate', "'127.0.0.1', unix='path', fds=[3], tls_certificate=certificate()",
     "'127.0.0.1', null, {unix: 'path', fds: [3], tls_certificate: certificate()}", ('path', 'tcp', 'tls')),
    ('server-with-certificate', 'port=0, server=Wsp.Server(tls_certificate=certificate())',
     'null, 0, {server: new Wsp.Server({tls_certificate: certificate()})}', ('tcp', 'tcp6', 'tls')),
    ('unix', "unix='path'", "null, null, {unix: 'path'}", ('path',)),
    ('unix-and-address', "'127.0.0.1', unix='path'", "'127.0.0.1', null, {unix: 'path'}", ('path', 'tcp')),
    ('unix-of-a-server', "unix='path', server=listening()", "null, null, {unix: 'path', server: listening()}", ('own', 'path')),
    ('fds', 'fds=[3]', 'null, null, {fds: [3]}', ('given',)),
    ('fds-of-the-service-manager', "fds='LISTEN_FDS'", "null, null, {fds: 'LISTEN_FDS'}", ('given',)),
    ('sockets', 'sockets=[Gio.Socket.new_from_fd(3)]', 'null, null, {sockets: [Gio.Socket.new_from_fd(3)]}', ('given',)),
    ('sockets-and-unix-and-address', "'127.0.0.1', unix='path', sockets=[Gio.Socket.new_from_fd(3)]",
     "'127.0.0.1', null, {unix: 'path', sockets: [Gio.Socket.new_from_fd(3)]}", ('given', 'path', 'tcp')),
    ('sockets-of-python', 'sockets=[socket.socket(fileno=3)]', None, ('given',)),
    ('path-of-python', "unix=__import__('pathlib').Path('path')", None, ('path',)),
    ('fds-are-taken-once', "fds='LISTEN_FDS', server=(os.environ.pop('LISTEN_FDS'), Wsp.Server())[1]",
     "null, null, {fds: 'LISTEN_FDS', server: GLib.unsetenv('LISTEN_FDS') ?? new Wsp.Server()}",
     'error (ValueError|Error) .*expected sockets of a service manager, received none .*'),
    ('fds-of-another-process', "fds='LISTEN_FDS', server=(os.environ.update(LISTEN_PID='1'), Wsp.Server())[1]",
     "null, null, {fds: 'LISTEN_FDS', server: GLib.setenv('LISTEN_PID', '1', true) && new Wsp.Server()}",
     'error (ValueError|Error) .*expected sockets of a service manager, received none .*'),
    ('proxied-address', "'127.0.0.1', proxy_protocol=True", "'127.0.0.1', null, {proxy_protocol: true}", ('proxied', 'tcp')),
    ('proxied-in-camel-case', None, "'127.0.0.1', null, {proxyProtocol: true}", ('proxied', 'tcp')),
    ('not-proxied', "'127.0.0.1', proxy_protocol=False", "'127.0.0.1', null, {proxy_protocol: false}", ('tcp',)),
    ('proxied-free-port', 'proxy_protocol=True', 'null, null, {proxy_protocol: true}', ('proxied', 'tcp', 'tcp6')),
    ('all-places-are-proxied', "'127.0.0.1', unix='path', fds=[3], proxy_protocol=True",
     "'127.0.0.1', null, {unix: 'path', fds: [3], proxy_protocol: true}", ('given', 'path', 'proxied', 'tcp')),
    ('proxied-fds-of-the-service-manager', "fds='LISTEN_FDS', proxy_protocol=True", "null, null, {fds: 'LISTEN_FDS', proxy_protocol: true}",
     ('given', 'proxied')),
    ('proxied-with-certificate', 'port=0, proxy_protocol=True, tls_certificate=certificate()',
     'null, 0, {proxy_protocol: true, tls_certificate: certificate()}', ('proxied', 'tcp', 'tcp6', 'tls')),
    ('proxied-server-and-address', "'127.0.0.1', server=Wsp.Server(), proxy_protocol=True",
     "'127.0.0.1', null, {server: new Wsp.Server(), proxy_protocol: true}", ('proxied', 'tcp')),
    ('proxied-server-alone', 'server=listening(), proxy_protocol=True', 'null, null, {server: listening(), proxy_protocol: true}',
     'error TypeError .*proxy_protocol.*expected a place to listen at, received a server alone .*'),
    ('proxied-that-is-a-number', 'proxy_protocol=1', 'null, null, {proxy_protocol: 1}',
     'error TypeError .*proxy_protocol.*expected ([Tt])rue or ([Ff])alse, received (int|number)'),
    ('no-sockets', 'sockets=[]', 'null, null, {sockets: []}', ()),
    ('unix-that-is-a-number', 'unix=5', 'null, null, {unix: 5}', 'error TypeError .*unix.*expected a path, received (int|number)'),
    ('unix-with-nul', "unix='a\\0b'", "null, null, {unix: 'a\\0b'}", 'error (ValueError|TypeError) .*'),
    ('unix-of-107-bytes', f"unix='{'./' * 51}other'", f"null, null, {{unix: '{'./' * 51}other'}}", ('other',)),
    ('unix-of-108-bytes', f"unix='{'./' * 51}others'", f"null, null, {{unix: '{'./' * 51}others'}}",
     'error (ValueError|RangeError) .*expected a path of at most 107 bytes, received 108 bytes .*'),
    ('unix-of-many-bytes-in-few-characters', f"unix='{'é' * 54}'", f"null, null, {{unix: '{'é' * 54}'}}",
     'error (ValueError|RangeError) .*expected a path of at most 107 bytes, received 108 bytes .*'),
    ('unix-that-is-taken', "unix='given'", "null, null, {unix: 'given'}", 'error .*[Aa]ddress already in use.*'),
    ('sockets-that-are-none', 'sockets=[5]', 'null, null, {sockets: [5]}',
     'error TypeError .*sockets.*expected a list of Gio.Socket, received a list with (int|number)'),
    ('sockets-that-are-no-list', 'sockets=Gio.Socket.new_from_fd(3)', 'null, null, {sockets: Gio.Socket.new_from_fd(3)}',
     'error TypeError .*sockets.*expected a list of Gio.Socket, received (Socket|object)'),
    ('fds-that-are-none', "fds=['3']", "null, null, {fds: ['3']}",
     "error TypeError .*fds.*expected a list of descriptors or 'LISTEN_FDS', received a list with (str|string)"),
    ('fds-that-are-no-list', 'fds=3', 'null, null, {fds: 3}',
     "error TypeError .*fds.*expected a list of descriptors or 'LISTEN_FDS', received (int|number)"),
    # GIO warns of such a descriptor, which GJS cannot ask for before.
    ('fds-that-are-closed', 'fds=[77]', None, 'error OSError .*'),
    ('server-that-is-none', 'server=5', 'null, null, {server: 5}', 'error TypeError .*server.*expected a Wsp.Server, received (int|number)'),
    ('server-and-settings', "server=Wsp.Server(), subprotocols=['a']", "null, null, {server: new Wsp.Server(), subprotocols: ['a']}",
     'error TypeError .*expected a server or its settings, received both .*'),
)


def listening_of(pid):
    inodes = set()
    for name in os.listdir(f'/proc/{pid}/fd'):
        try:
            inodes |= set(re.findall(r'socket:\[(\d+)\]', os.readlink(f'/proc/{pid}/fd/{name}')))
        except FileNotFoundError:
            pass
    for kind in 'tcp', 'tcp6':
        with open(f'/proc/{pid}/net/{kind}', encoding='ascii') as file:
            yield from (kind for line in file if line.split()[3] == '0A' and line.split()[9] in inodes)
    with open(f'/proc/{pid}/net/unix', encoding='utf-8', errors='replace') as file:
        for line in file:
            fields = line.split()
            if fields[5] == '01' and fields[3] == '00010000' and fields[6] in inodes:
                yield os.path.basename(fields[7])


def accepts(path, is_proxied):
    """Descriptor 3 listens in any case: the program has to accept from it."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        client.sendall((b'PROXY UNKNOWN\r\n' if is_proxied else b'') +
                       b'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                       b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n')
        return client.recv(100).startswith(b'HTTP/1.1 101 ')


def run(command, folder, given, is_used):
    """Its first line, and where it listens then; tls: with TLS only, proxied: with the PROXY protocol only."""
    shell = ['sh', '-c', 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', 'sh', *command]
    with Program(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder, pass_fds=[3],
                 preexec_fn=lambda: os.dup2(given.fileno(), 3)) as process:
        line = process.stdout.readline().strip()
        places = sorted(listening_of(process.pid)) if line.startswith('port') else []
        flags = {int(one) for one in line.split()[2:]} if line.startswith('port') else set()
        places += [name for name, flag in FLAGS if flags and all(one & flag for one in flags)]
        if 'given' in places and not (is_used and accepts(os.path.join(folder, 'given'), 'proxied' in places)):
            places.remove('given')
        process.stdin.close()
        process.wait(SECONDS)
    return line, places


def make_certificate(folder):
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
                    '-subj', '/CN=localhost', '-keyout', 'key', '-out', 'certificate'], cwd=folder, check=True, capture_output=True)


def main(gjs):
    tap = Tap()
    commands = {'python': [sys.executable, '-c'], 'gjs': [gjs, '-c']}
    for claim, *arguments, expected in ROWS:
        for (language, program), one in zip(PROGRAMS.items(), arguments):
            if one is None:
                continue
            with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as given:
                given.bind(os.path.join(folder, 'given'))
                given.listen()
                make_certificate(folder)
                line, places = run([*commands[language], program.format(arguments=one)], folder, given,
                                   'given' in expected)
            if isinstance(expected, str):
                is_right = re.fullmatch(expected, line) is not None
            else:
                is_right = sorted(places) == sorted(expected) and (line.split()[1] != '0') == ('tcp' in expected)
            tap.point(is_right, f'/bindings/places/{language}/{claim}', [line, places, expected])
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
