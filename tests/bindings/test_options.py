#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Options of Wsp.connect () and Wsp.serve () in Python and GJS: limits, and the files of certificates.  test_options.py GJS

Each row is the body of an async function of each language, in a folder with certificates; what it returns is shown as JSON, and an
exception as its text."""

import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))
from tap import Tap  # noqa: E402

SECONDS = 120
PYTHON = '''
import asyncio, json, pathlib, shutil, socket, sys, gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, GObject, Wsp
from gi.overrides._wsp import client, options, service

class Odd:
    pass

async def echo(connection):
    async for data in connection:
        await connection.send(data)

def copy(name):
    for part in 'cert', 'key', 'both':
        shutil.copy(f'{name}-{part}.pem', f'{part}.pem')

async def text_of(awaitable):
    """'yes' if the client could connect."""
    try:
        async with awaitable:
            return 'yes'
    except GLib.Error as error:
        return 'no' if error.matches(Gio.tls_error_quark(), Gio.TlsError.BAD_CERTIFICATE) else str(error)

def at(server):
    return f'wss://localhost:{server.port}/'

def value_of(spec):
    return 8 if spec.name in options.TIMES else 8192

def names_of(owner):
    return [(spec, options.name_of(spec)) for spec in owner.list_properties() if spec.flags & GObject.ParamFlags.WRITABLE]

def wrong_values(call, own, owner):
    """The options that accept an object of another type, or whose error does not say what was expected."""
    for name in [*own, *(name for owner in (owner, Wsp.Limits) for _, name in names_of(owner))]:
        try:
            call(**{name: Odd()})
        except TypeError as error:
            if ': expected ' in str(error) and name.removesuffix('_seconds') in str(error).lower().replace('-', '_'):
                continue
            yield f'{name}: {error}'
        else:
            yield name
'''
RUN_PYTHON = '''
async def one(body):
    space = dict(globals())
    lines = body.strip().split('; ')
    exec('async def call():\\n' + '\\n'.join('    ' + line for line in lines), space)
    try:
        return await space['call']()
    except Exception as error:
        return f'{type(error).__name__}: {error}'

async def main():
    for body in json.load(sys.stdin):
        print(json.dumps(await one(body), default=str), flush=True)

Wsp.run(main())
'''
GJS = '''
imports.gi.versions.Wsp = '1';
const {Gio, GLib, GObject, Wsp} = imports.gi;

async function echo(connection) {
    for await (const data of connection)
        await connection.send(data);
}

function copy(name) {
    for (const part of ['cert', 'key', 'both'])
        Gio.File.new_for_path(`${name}-${part}.pem`).copy(Gio.File.new_for_path(`${part}.pem`), Gio.FileCopyFlags.OVERWRITE, null, null);
}

async function text_of(promise) {
    try {
        await (await promise).close();
        return 'yes';
    } catch (error) {
        return error.matches?.(Gio.TlsError, Gio.TlsError.BAD_CERTIFICATE) ? 'no' : `${error}`;
    }
}

function at(server) {
    return `wss://localhost:${server.port}/`;
}

function names_of(owner) {
    return owner.list_properties().filter(spec => spec.flags & GObject.ParamFlags.WRITABLE).map(spec => [spec, spec.name.replace(/-/g, '_')]);
}

async function wrong_values(call, own, owner) {
    const found = [];

    for (const name of [...own, ...[owner, Wsp.Limits].flatMap(names_of).map(([, name]) => name)]) {
        try {
            await call({[name]: Symbol('odd')});
            found.push(name);
        } catch (error) {
            const text = `${error.message}`.toLowerCase().replace(/-/g, '_');

            if (!(error instanceof TypeError) || !text.includes(': expected ') || !text.includes(name))
                found.push(`${name}: ${error}`);
        }
    }
    return found;
}
'''
RUN_GJS = '''
Wsp.run(async () => {
    for (const body of JSON.parse(ARGV[0])) {
        let found;

        try {
            found = await eval(`(async () => {${body}})`)();
        } catch (error) {
            found = error.domain ? `Error: ${error.message}` : `${error.name}: ${error.message}`;
        }
        print(JSON.stringify(found ?? null));
    }
});
'''
SERVE = ("s = await Wsp.serve(echo, tls_certificate={}); ", "const s = Wsp.serve(echo, null, 0, {{tls_certificate: {}}}); ")
WRONG_PAIR = 'TypeError: Property tls-certificate is wrong: expected a Gio.TlsCertificate, a path or a pair of paths .*, received (tuple|object)'
NO_KEY = r'TypeError: Property tls-certificate is wrong: expected a file with a certificate and its key, received "cert\.pem" without a key \(write .*\)'
# A claim, the bodies, and the value, or the text as a regular expression.
ROWS = (
    ('each-limit-is-an-option-of-connect',
     "s = await Wsp.serve(echo); limits = {name: value_of(spec) for spec, name in names_of(Wsp.Limits)}; "
     "c = await Wsp.connect(f'ws://localhost:{s.port}/', **limits); return [n for n, v in limits.items() if getattr(c.limits, n) != v]",
     "const s = Wsp.serve(echo); const limits = Object.fromEntries(names_of(Wsp.Limits).map(([, name]) => [name, 8192]));"
     "const c = await Wsp.connect(`ws://localhost:${s.port}/`, limits); return Object.keys(limits).filter(name => c.limits[name] !== 8192);", []),
    ('each-limit-is-an-option-of-serve',
     "limits = {name: value_of(spec) for spec, name in names_of(Wsp.Limits)}; s = await Wsp.serve(echo, **limits); "
     "return [n for n, v in limits.items() if getattr(s.limits, n) != v]",
     "const limits = Object.fromEntries(names_of(Wsp.Limits).map(([, name]) => [name, 8192]));"
     "const s = Wsp.serve(echo, null, 0, limits); return Object.keys(limits).filter(name => s.limits[name] !== 8192);", []),
    ('camel-case', None, "return Wsp.serve(echo, null, 0, {maxMessageSize: 5}).limits.max_message_size;", 5),
    ('other-limits-stay', "return (await Wsp.serve(echo, max_message_size=5)).limits.max_read_ahead == Wsp.Limits().max_read_ahead",
     "return Wsp.serve(echo, null, 0, {max_message_size: 5}).limits.max_read_ahead === new Wsp.Limits().max_read_ahead;", True),
    ('limits-and-a-limit', "return await Wsp.serve(echo, limits=Wsp.Limits(), max_read_ahead=5)",
     "return Wsp.serve(echo, null, 0, {limits: new Wsp.Limits(), max_read_ahead: 5});",
     r'TypeError: Options of Wsp\.serve \(\) are wrong: expected limits or their properties, received both \(max_read_ahead\)'),
    ('server-and-a-limit', "return await Wsp.serve(echo, server=Wsp.Server(), max_read_ahead=5)",
     "return Wsp.serve(echo, null, 0, {server: new Wsp.Server(), max_read_ahead: 5});",
     r'TypeError: Options of Wsp\.serve \(\) are wrong: expected a server or its settings, received both \(max_read_ahead\)'),
    ('limit-out-of-range', "return await Wsp.serve(echo, max_read_ahead=0)", "return Wsp.serve(echo, null, 0, {max_read_ahead: 0});",
     '(Value|Range)Error: Property max-read-ahead is wrong: expected an integer from 1 to 2147483647, received 0'),
    ('enumeration', "return int((await Wsp.serve(echo, slow_policy='skip')).slow_policy)",
     "return Wsp.serve(echo, null, 0, {slow_policy: Wsp.SlowPolicy.SKIP}).slow_policy;", 1),
    ('unknown-name-of-an-enumeration', "return await Wsp.serve(echo, slow_policy='skipp')", None,
     r'ValueError: Property slow-policy is wrong: expected a Wsp\.SlowPolicy, received skipp'),
    ('number-for-a-boolean', "return await Wsp.serve(echo, persistent_handshakes=1)", "return Wsp.serve(echo, null, 0, {persistent_handshakes: 1});",
     '(TypeError): Property persistent-handshakes is wrong: expected (True or False|true or false), received (int|number)'),
    ('wrong-values-of-connect', "return list(wrong_values(lambda **named: Wsp.connect('ws://a', **named), client.OWN, Wsp.Client))",
     "return await wrong_values(named => Wsp.connect('ws://127.0.0.1:1/', named), ['client', 'headers', 'subprotocols', 'timeout', 'cancellable'], "
     "Wsp.Client);", []),
    ('wrong-values-of-serve', "return list(wrong_values(lambda **named: Wsp.serve(echo, **named), service.OWN, Wsp.Server))",
     "return await wrong_values(named => Wsp.serve(echo, null, 0, named), ['fds', 'http_request', 'proxy_protocol', 'request', 'server', 'sockets', 'unix'], Wsp.Server);", []),
    *((f'option-{name}-of-{owner}-is-not-set', f"Wsp.{owner}({uri}).{name} = None", f"new Wsp.{owner}({uri}).{name} = 5;",
       rf'(Attribute|Type)Error: Property is unknown: expected a property of Wsp\.{owner}, received "{name}" \(({hint})\)')
      for owner, uri, name, hint in (('Client', '', 'timeout', r'it is an option of Wsp\.connect \(\)|did you mean "connect_timeout"\?'),
                                ('Client', '', 'headers', r'it is an option of Wsp\.connect \(\)'), ('Client', '', 'prepare', r'it is an option of Wsp\.connect \(\)'),
                                ('Server', '', 'request', r'it is an option of Wsp\.serve \(\)'), ('Server', '', 'http_request', r'it is an option of Wsp\.serve \(\)'),
                                ('Reconnector', "'ws://a/'", 'timeout', r'it is an option of Wsp\.reconnect \(\)'),
                                ('Reconnector', "'ws://a/'", 'should_retry', r'it is an option of Wsp\.reconnect \(\)'))),
    ('old-name-of-a-time-is-not-set', "Wsp.Client().timeout_seconds = 5", None,
     r'AttributeError: Property is unknown: expected a property of Wsp\.Client, received "timeout_seconds" \(did you mean "connect_timeout_seconds"\?\)'),
    ('camel-case-of-an-option-is-not-set', None, "new Wsp.Server().httpRequest = 5;",
     r'TypeError: Property is unknown: expected a property of Wsp\.Server, received "httpRequest" \(it is an option of Wsp\.serve \(\)\)'),
    ('attributes-of-the-program-are-set', "s = Wsp.Server(); s.room = 5; return s.room", "const s = new Wsp.Server(); s.room = 5; return s.room;", 5),
    ('timeout-is-the-only-limit',
     "times = {}, {'timeout': 40}, {'timeout': 40, 'connect_timeout_seconds': 5}; "
     "return [Wsp.connect('ws://a', **one).client.connect_timeout_seconds for one in times]", None, [30, 0, 5]),
    ('timeout-that-is-no-property', None, "const s = Wsp.serve(echo); return Promise.all([0.5 + 60000, 2 ** 32 - 1].map(timeout => "
     "text_of(Wsp.connect(`ws://localhost:${s.port}/`, {timeout}))));", ['yes', 'yes']),
    ('timeout-beside-a-client', "s = socket.create_server(('127.0.0.1', 0)); "
     "return await Wsp.connect(f'ws://127.0.0.1:{s.getsockname()[1]}/', client=Wsp.Client(), timeout=0.05)",
     "const s = new Gio.SocketListener(), port = s.add_any_inet_port(null); try { await Wsp.connect(`ws://127.0.0.1:${port}/`, {client: new Wsp.Client(), timeout: 50}); } "
     "catch (error) { return error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.TIMED_OUT) ? `TimeoutError: ${error.message}` : `${error}`; }", 'TimeoutError: .*'),
    ('long-timeout-beside-a-client', "s = await Wsp.serve(echo); return await text_of(Wsp.connect(f'ws://localhost:{s.port}/', client=Wsp.Client(), timeout=60))",
     "const s = Wsp.serve(echo); return await text_of(Wsp.connect(`ws://localhost:${s.port}/`, {client: new Wsp.Client(), timeout: 60000}));", 'yes'),
    ('cancellable-beside-a-timeout-and-a-client', None, "const s = new Gio.SocketListener(), port = s.add_any_inet_port(null), found = [];"
     "for (const isEarly of [true, false]) { const cancellable = new Gio.Cancellable(); if (isEarly) cancellable.cancel();"
     "const waiting = Wsp.connect(`ws://127.0.0.1:${port}/`, {client: new Wsp.Client(), timeout: 60000, cancellable}); cancellable.cancel();"
     "try { await waiting; } catch (error) { found.push(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED)); } } return found;", [True, True]),
    ('one-file', SERVE[0].format("'a-both.pem'") + "return await text_of(Wsp.connect(at(s), tls_database='a-cert.pem'))",
     SERVE[1].format("'a-both.pem'") + "return await text_of(Wsp.connect(at(s), {tls_database: 'a-cert.pem'}));", 'yes'),
    ('two-files', SERVE[0].format("('a-cert.pem', 'a-key.pem')") + "return await text_of(Wsp.connect(at(s), tls_database='a-cert.pem'))",
     SERVE[1].format("['a-cert.pem', 'a-key.pem']") + "return await text_of(Wsp.connect(at(s), {tls_database: 'a-cert.pem'}));", 'yes'),
    ('other-authority', SERVE[0].format("'a-both.pem'") + "return await text_of(Wsp.connect(at(s), tls_database='b-cert.pem'))",
     SERVE[1].format("'a-both.pem'") + "return await text_of(Wsp.connect(at(s), {tls_database: 'b-cert.pem'}));", 'no'),
    ('path-of-pathlib', SERVE[0].format("pathlib.Path('a-both.pem')") +
     "return await text_of(Wsp.connect(at(s), tls_database=pathlib.Path('a-cert.pem').absolute()))", None, 'yes'),
    ('certificate-of-the-client',
     "s = await Wsp.serve(echo, tls_certificate='a-both.pem', tls_database='b-cert.pem', tls_authentication_mode=Gio.TlsAuthenticationMode.REQUIRED); "
     "return await text_of(Wsp.connect(at(s), tls_database='a-cert.pem', tls_certificate=('b-cert.pem', 'b-key.pem')))",
     "const s = Wsp.serve(echo, null, 0, {tls_certificate: 'a-both.pem', tls_database: 'b-cert.pem', "
     "tls_authentication_mode: Gio.TlsAuthenticationMode.REQUIRED});"
     "return await text_of(Wsp.connect(at(s), {tls_database: 'a-cert.pem', tls_certificate: ['b-cert.pem', 'b-key.pem']}));", 'yes'),
    ('database-of-a-server-asks-for-certificates',
     "s = await Wsp.serve(echo, tls_certificate='a-both.pem', tls_database='b-cert.pem'); certificates = None, 'b-both.pem', 'a-both.pem'; "
     "return [await text_of(Wsp.connect(at(s), tls_database='a-cert.pem', tls_certificate=one)) == 'yes' for one in certificates]",
     "const found = []; for (const name of ['tls_database', 'tlsDatabase', 'tls-database']) { const s = Wsp.serve(echo, null, 0, {tls_certificate: 'a-both.pem', [name]: 'b-cert.pem'});"
     "for (const one of [null, 'b-both.pem', 'a-both.pem']) found.push(await text_of(Wsp.connect(at(s), {tls_database: 'a-cert.pem', tls_certificate: one})) === 'yes'); } "
     "return found.slice(0, 3).every((one, i) => one === found[i + 3] && one === found[i + 6]) && found.slice(0, 3);", [False, True, False]),
    ('mode-of-a-server-without-tls', "return await Wsp.serve(echo, tls_authentication_mode=Gio.TlsAuthenticationMode.REQUESTED)",
     "return Wsp.serve(echo, null, 0, {tls_authentication_mode: Gio.TlsAuthenticationMode.REQUESTED});",
     r'TypeError: Options of Wsp\.serve \(\) are wrong: expected tls_certificate beside those for certificates of clients, received none .*'),
    ('mode-of-a-server-stays',
     "modes = [getattr(Gio.TlsAuthenticationMode, one) for one in ('NONE', 'REQUESTED', 'REQUIRED')]; "
     "servers = [await Wsp.serve(echo, tls_certificate='a-both.pem', tls_database='b-cert.pem', tls_authentication_mode=one) for one in modes]; "
     "servers += [await Wsp.serve(echo, tls_certificate='a-both.pem', tls_database=None), await Wsp.serve(echo, '127.0.0.1', 0, "
     "server=Wsp.Server(tls_certificate='a-both.pem', tls_database='b-cert.pem'))]; "
     "return [int(one.tls_authentication_mode) for one in servers]",
     "const {NONE, REQUESTED, REQUIRED} = Gio.TlsAuthenticationMode, own = {tls_certificate: 'a-both.pem', tls_database: 'b-cert.pem'};"
     "const servers = [...[NONE, REQUESTED, REQUIRED].map(one => Wsp.serve(echo, null, 0, {...own, tlsAuthenticationMode: one})), "
     "Wsp.serve(echo, null, 0, {tls_certificate: 'a-both.pem', tls_database: null}), Wsp.serve(echo, '127.0.0.1', 0, {server: new Wsp.Server(own)})];"
     "return servers.map(one => one.tls_authentication_mode);", [0, 1, 2, 0, 0]),
    ('certificate-is-renewed', "copy('a'); " + SERVE[0].format("('cert.pem', 'key.pem')") + "copy('b'); "
     "before = await text_of(Wsp.connect(at(s), tls_database='b-cert.pem')); s.tls_certificate = ('cert.pem', 'key.pem'); "
     "return [before, await text_of(Wsp.connect(at(s), tls_database='b-cert.pem'))]",
     "copy('a'); " + SERVE[1].format("['cert.pem', 'key.pem']") + "copy('b'); "
     "const before = await text_of(Wsp.connect(at(s), {tls_database: 'b-cert.pem'})); s.tls_certificate = ['cert.pem', 'key.pem']; "
     "return [before, await text_of(Wsp.connect(at(s), {tls_database: 'b-cert.pem'}))];", ['no', 'yes']),
    ('database-is-renewed', "copy('a'); " + SERVE[0].format("'b-both.pem'") + "client = Wsp.Client(tls_database='cert.pem'); copy('b'); "
     "before = await text_of(Wsp.connect(at(s), client=client)); client.tls_database = 'cert.pem'; "
     "return [before, await text_of(Wsp.connect(at(s), client=client))]",
     "copy('a'); " + SERVE[1].format("'b-both.pem'") + "const client = new Wsp.Client({tls_database: 'cert.pem'}); copy('b'); "
     "const before = await text_of(Wsp.connect(at(s), {client})); client.tlsDatabase = 'cert.pem'; "
     "return [before, await text_of(Wsp.connect(at(s), {client}))];", ['no', 'yes']),
    ('functions-take-paths', "client = Wsp.Client(); client.set_tls_database('a-cert.pem'); client.set_property('tls-certificate', 'a-both.pem'); "
     "return [client.tls_database is not None, client.tls_certificate is not None]",
     "const client = new Wsp.Client(); client.set_tls_database('a-cert.pem'); client.set_property('tls-certificate', 'a-both.pem'); "
     "return [client.tls_database !== null, client.tls_certificate !== null];", [True, True]),
    ('none-unsets', "client = Wsp.Client(tls_database='a-cert.pem'); client.tls_database = None; return client.tls_database",
     "const client = new Wsp.Client({tls_database: 'a-cert.pem'}); client.tls_database = null; return client.tls_database;", None),
    ('file-is-absent', "return await Wsp.serve(echo, tls_certificate='none.pem')", "return Wsp.serve(echo, null, 0, {tls_certificate: 'none.pem'});",
     r'Error: (g-file-error-quark: )?Failed to open file “none\.pem”: No such file or directory.*'),
    ('key-is-absent', "return await Wsp.serve(echo, tls_certificate=('a-cert.pem', 'none.pem'))",
     "return Wsp.serve(echo, null, 0, {tls_certificate: ['a-cert.pem', 'none.pem']});",
     r'Error: (g-file-error-quark: )?Failed to open file “none\.pem”: No such file or directory.*'),
    ('database-is-absent', "return Wsp.connect('wss://a', tls_database='none.pem')", "return await Wsp.connect('wss://a', {tls_database: 'none.pem'});",
     r'Error: .*none\.pem.*'),
    ('database-without-a-certificate', "return Wsp.connect('wss://a', tls_database='a-key.pem')",
     "return await Wsp.connect('wss://a', {tls_database: 'a-key.pem'});", r'Error: .*a-key\.pem.*'),
    ('certificate-without-its-key', "copy('a'); return await Wsp.serve(echo, tls_certificate='cert.pem')",
     "copy('a'); return Wsp.serve(echo, null, 0, {tls_certificate: 'cert.pem'});", NO_KEY),
    ('an-attribute-keeps-its-value', "client = Wsp.Client(tls_certificate='a-both.pem'); old = client.tls_certificate\n    try: "
     "client.tls_certificate = 'none.pem'\n    except GLib.Error: return client.tls_certificate is old",
     "const client = new Wsp.Client({tls_certificate: 'a-both.pem'}), old = client.tls_certificate; try { client.tls_certificate = 'none.pem'; } "
     "catch (error) { return client.tls_certificate === old; }", True),
    ('a-pair-of-one', "return Wsp.Server(tls_certificate=('a-cert.pem',))", "return new Wsp.Server({tls_certificate: ['a-cert.pem']});", WRONG_PAIR),
    ('a-pair-of-three', "return Wsp.Server(tls_certificate=('a', 'b', 'c'))", "return new Wsp.Server({tls_certificate: ['a', 'b', 'c']});", WRONG_PAIR),
    ('a-pair-with-a-number', "return Wsp.Server(tls_certificate=('a-cert.pem', 5))", "return new Wsp.Server({tls_certificate: ['a-cert.pem', 5]});",
     WRONG_PAIR),
    ('a-pair-for-a-database', "return Wsp.Client(tls_database=('a', 'b'))", "return new Wsp.Client({tls_database: ['a', 'b']});",
     r'TypeError: Property tls-database is wrong: expected a Gio\.TlsDatabase or a path, received (tuple|object)'),
    ('other-object', "return Wsp.Client(tls_database=Wsp.Limits())", "return new Wsp.Client({tls_database: new Wsp.Limits()});", r'TypeError: .*'),
    ('nul-in-a-path', r"return Wsp.Client(tls_database='a-cert.pem\0x')", r"return new Wsp.Client({tls_database: 'a-cert.pem\0x'});",
     '(Value|Type)Error: Text would end at a NUL.*'),
)

EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
RSA = ['-newkey', 'rsa:2048']
KEYS = {'a': EC, 'b': EC, 'c': RSA, 'd': RSA}
WARNINGS = 'GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR)'
KEY_OF_ANOTHER = 'expected the private key of the certificate, received that of another one: subject "CN={}"'


def rows_of_keys():
    """A server does not listen, a client does not connect, and a server that has a certificate keeps it."""
    for own, other in ('a', 'b'), ('c', 'd'), ('a', 'c'), ('c', 'a'):
        pair = f"'{own}-cert.pem', '{other}-key.pem'"
        text = KEY_OF_ANOTHER.format(own)
        yield (f'key-of-another/{own}-{other}/server', f"return await Wsp.serve(echo, tls_certificate=({pair}), tls_database='a-cert.pem')",
               f"return Wsp.serve(echo, null, 0, {{tls_certificate: [{pair}], tls_database: 'a-cert.pem'}});",
               rf'\S+: (WspError: )?Cannot listen: WspServer:tls-certificate was refused: {text}.*')
        yield (f'key-of-another/{own}-{other}/server-of-the-program',
               f"return await Wsp.serve(echo, '127.0.0.1', server=Wsp.Server(tls_certificate=Gio.TlsCertificate.new_from_files({pair})))",
               f"return Wsp.serve(echo, '127.0.0.1', 0, {{server: new Wsp.Server({{tls_certificate: Gio.TlsCertificate.new_from_files({pair})}})}});",
               rf'\S+: (WspError: )?Cannot listen: WspServer:tls-certificate was refused: {text}.*')
        yield (f'key-of-another/{own}-{other}/client',
               f"s = await Wsp.serve(echo, tls_certificate='a-both.pem'); await Wsp.connect(at(s), tls_database='a-cert.pem', tls_certificate=({pair}))",
               "const s = Wsp.serve(echo, null, 0, {tls_certificate: 'a-both.pem'}); "
               f"await Wsp.connect(at(s), {{tls_database: 'a-cert.pem', tls_certificate: [{pair}]}});",
               rf'\S+: (WspError: )?WspClient:tls-certificate: {text}.*')
        yield (f'key-of-another/{own}-{other}/of-a-server-that-has-one',
               f"{WARNINGS}; s = await Wsp.serve(echo, tls_certificate='b-both.pem'); s.tls_certificate = ({pair}); "
               "return await text_of(Wsp.connect(at(s), tls_database='b-cert.pem'))",
               f"{WARNINGS}; const s = Wsp.serve(echo, null, 0, {{tls_certificate: 'b-both.pem'}}); s.tls_certificate = [{pair}]; "
               "return await text_of(Wsp.connect(at(s), {tls_database: 'b-cert.pem'}));", 'yes')
    yield ('key-of-another/another-certificate-ends-the-refusal', "s = Wsp.Server(tls_certificate=('a-cert.pem', 'b-key.pem')); "
           "s.tls_certificate = 'a-both.pem'; return (await Wsp.serve(echo, '127.0.0.1', server=s)).port > 0",
           "const s = new Wsp.Server({tls_certificate: ['a-cert.pem', 'b-key.pem']}); s.tls_certificate = 'a-both.pem'; "
           "return Wsp.serve(echo, '127.0.0.1', 0, {server: s}).port > 0;", True)
    yield ('key-of-another/none-ends-the-refusal', "s = Wsp.Server(tls_certificate=('a-cert.pem', 'b-key.pem')); "
           "s.tls_certificate = None; return (await Wsp.serve(echo, '127.0.0.1', server=s)).port > 0",
           "const s = new Wsp.Server({tls_certificate: ['a-cert.pem', 'b-key.pem']}); s.tls_certificate = null; "
           "return Wsp.serve(echo, '127.0.0.1', 0, {server: s}).port > 0;", True)


def make_certificate(folder, name):
    def path(part):
        return os.path.join(folder, f'{name}-{part}.pem')

    subprocess.run(['openssl', 'req', '-x509', *KEYS[name], '-nodes', '-days', '2', '-subj',
                    f'/CN={name}', '-addext', 'subjectAltName=DNS:localhost', '-keyout', path('key'), '-out', path('cert')],
                   check=True, capture_output=True)
    with open(path('both'), 'wb') as both:
        for part in 'cert', 'key':
            with open(path(part), 'rb') as file:
                both.write(file.read())


def run(command, folder, bodies):
    done = subprocess.run([*command, json.dumps(bodies)], cwd=folder, input=json.dumps(bodies), stdout=subprocess.PIPE, text=True, timeout=SECONDS,
                          check=False)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return found + ['nothing was printed'] * (len(bodies) - len(found))


def check_rows(tap, suite, table, languages, folder):
    for number, (language, command) in enumerate(languages.items(), 1):
        rows = [row for row in table if row[number] is not None]
        for row, found in zip(rows, run(command, folder, [row[number] for row in rows])):
            expected = row[3]
            is_text = isinstance(expected, str) and isinstance(found, str)
            tap.point(re.fullmatch(expected, found) is not None if is_text else found == expected,
                      f'/bindings/{suite}/{language}/{row[0]}', [repr(found), repr(expected)])


def main(gjs):
    tap = Tap()
    languages = {'python': [sys.executable, '-c', PYTHON + RUN_PYTHON], 'gjs': [gjs, '-c', GJS + RUN_GJS]}
    with tempfile.TemporaryDirectory() as folder:
        for name in KEYS:
            make_certificate(folder, name)
        check_rows(tap, 'options', (*ROWS, *rows_of_keys()), languages, folder)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
