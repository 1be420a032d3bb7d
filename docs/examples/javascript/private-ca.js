// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Trusts an authority of its own, also through a proxy: gjs -m private-ca.js URI CA-FILE [PROXY-URI]
import Gio from 'gi://Gio';
import Wsp from 'gi://Wsp?version=1';

const [uri, authority, proxy] = ARGV;

async function main() {
    const connection = await Wsp.connect(uri, {
        tls_database: Gio.TlsFileDatabase.new(authority),
        proxy_resolver: proxy ? Gio.SimpleProxyResolver.new(proxy, null) : null,
    });

    print('accepted:', connection.tls_ciphersuite);
    await connection.close();
}

try {
    Wsp.run(main);
} catch (error) {
    print('refused:', error.message);
}
