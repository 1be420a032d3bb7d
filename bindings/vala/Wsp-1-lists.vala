// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Functions that take a list of strings: the lists of Vala are not const, and vapigen takes no type of a list from the metadata.
// Without the type C warns of each call.
namespace Wsp {
    public sealed class Client : GLib.Object {
        public async Wsp.Connection connect_async (string uri, [CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? subprotocols = null, Wsp.Headers? headers = null, GLib.Cancellable? cancellable = null) throws GLib.Error;
    }

    public sealed class Connection : GLib.Object {
        [CCode (has_construct_function = false)]
        public Connection.for_stream (GLib.IOStream stream, Wsp.Role role, string? subprotocol = null, [CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? extensions = null, GLib.Bytes? initial_input = null) throws GLib.Error;
    }

    public sealed class Handshake : GLib.Object {
        [CCode (has_construct_function = false)]
        public Handshake.client (string uri, [CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? subprotocols = null, Wsp.Headers? headers = null) throws GLib.Error;
    }

    public sealed class Reconnector : GLib.Object {
        public void set_subprotocols ([CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? subprotocols);
    }

    public sealed class Server : GLib.Object {
        public void set_allowed_hosts ([CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? hosts);
        public void set_allowed_origins ([CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? origins);
        public void set_subprotocols ([CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? subprotocols);
        public void set_trusted_proxies ([CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? proxies);
    }

    public sealed class Session : GLib.Object {
        [CCode (has_construct_function = false)]
        public Session.established (Wsp.Role role, string? subprotocol = null, [CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? extensions = null) throws GLib.Error;
        public Wsp.Headers begin_client_handshake ([CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? subprotocols = null, [CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? extensions = null, Wsp.Headers? initial = null) throws GLib.Error;
        public Wsp.Headers begin_server_handshake (string? subprotocol, [CCode (array_length = false, array_null_terminated = true, type = "const char* const*")] string[]? extensions, Wsp.Headers request) throws GLib.Error;
    }
}
