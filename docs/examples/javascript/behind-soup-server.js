// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Pages and a WebSocket on one port: SoupServer speaks HTTP and hands the stream over once it has written the 101:
// gjs -m behind-soup-server.js [PORT]
import GLib from 'gi://GLib';
import Soup from 'gi://Soup?version=3.0';
import Wsp from 'gi://Wsp?version=1';
import {exit} from 'system';

const PAGE = '<!doctype html><title>Echo</title><p>The WebSocket is at this address, too.';
const server = new Wsp.Server(), http = new Soup.Server();

function readRequest(message) {
    const headers = new Wsp.Headers();
    const version = message.get_http_version() === Soup.HTTPVersion.HTTP_1_1 ? '1.1' : '1.0';
    const target = message.get_uri().to_string_partial(GLib.UriHideFlags.FRAGMENT);

    message.get_request_headers().foreach((name, value) => headers.append(name, value));
    return Wsp.Handshake.new_server(message.get_method(), target, version, headers);
}

function switchProtocols(message, handshake) {
    const headers = handshake.response_headers;

    for (let i = 0; i < headers.get_length(); i++)
        message.get_response_headers().append(headers.get_name(i), headers.get_value(i));
    message.connect('wrote-informational', () => server.adopt(handshake, message.steal_connection()));
    message.set_status(Soup.Status.SWITCHING_PROTOCOLS, null);
}

// The server decides as for a port of its own: pages of other sites can reach this port as well.
function answer(message, handshake) {
    handshake.set_addresses(message.get_local_address(), message.get_remote_address());
    try {
        server.process_handshake(handshake);
    } catch {
        message.set_status(handshake.response_status, null);
        message.set_response('text/plain; charset=utf-8', Soup.MemoryUse.COPY, handshake.response_body.get_data());
        return;
    }
    switchProtocols(message, handshake);
}

function respond(message, type, text) {
    message.set_status(Soup.Status.OK, null);
    message.set_response(type, Soup.MemoryUse.COPY, text);
}

server.connect('connection', async (_server, connection) => {       // for adopted connections, too
    try {
        for await (const data of connection)
            await connection.send(data);
    } catch (error) {           // the peer has gone, for example
        printerr(error.message);
    }
});
http.add_handler('/health', (_http, message) => respond(message, 'text/plain', 'ok\n'));
http.add_handler(null, (_http, message) => {
    try {
        answer(message, readRequest(message));
    } catch (error) {
        if (error instanceof GLib.Error && error.matches(Wsp.Error, Wsp.Error.NOT_WEBSOCKET))
            respond(message, 'text/html', PAGE);
        else
            message.set_status(Soup.Status.BAD_REQUEST, null);
    }
});
try {
    http.listen_local(Number(ARGV[0] ?? 8080), Soup.ServerListenOptions.IPV4_ONLY);
} catch (error) {
    printerr(error.message);
    exit(1);
}
print('port', http.get_uris()[0].get_port());
new GLib.MainLoop(null, false).run();
