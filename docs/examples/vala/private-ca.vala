// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Trusts an authority of its own, also through a proxy: private-ca URI CA-FILE [PROXY-URI]
async void main (string[] args) {
    var client = new Wsp.Client ();

    try {
        client.tls_database = TlsFileDatabase.@new (args[2]);
        if (args.length > 3)
            client.proxy_resolver = new SimpleProxyResolver (args[3], null);
        var connection = yield client.connect_async (args[1]);

        print ("accepted: %s\n", connection.tls_ciphersuite);
        yield connection.close_async ();
    } catch (Error e) {
        print ("refused: %s\n", e.message);
    }
}
