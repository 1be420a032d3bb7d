#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Trusts an authority of its own, also through a proxy: private_ca.py URI CA-FILE [PROXY-URI]"""

import sys

import gi
gi.require_version('Wsp', '1')
from gi.repository import Gio, GLib, Wsp


async def main(uri: str, authority: str, proxy: str = '') -> None:
    database = Gio.TlsFileDatabase.new(authority)
    resolver = Gio.SimpleProxyResolver.new(proxy, None) if proxy else None
    try:
        async with Wsp.connect(uri, tls_database=database, proxy_resolver=resolver) as connection:
            print('accepted:', connection.tls_ciphersuite)
    except GLib.Error as error:
        print('refused:', error.message)


Wsp.run(main(*sys.argv[1:]))
