/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/sentences/wsi-library-texts.h"

#include <glib/gi18n.h>

const WsiLibraryText wsi_library_texts[] = {
  /* wsp_close_info_to_string () */
  { N_("no data for %s s, ping sent %s s ago"), WSI_CAUSE_NONE },
  { N_("no data for %s s"), WSI_CAUSE_NONE },
  /* Errors of a connection */
  { N_("Peer takes nothing of what is sent: for %s ms, limit keepalive-interval + "
       "keepalive-timeout %s ms"),
    WSI_CAUSE_NONE },
  { N_("Closing handshake takes too long: %s ms, limit close-timeout %s ms"), WSI_CAUSE_NONE },
  { N_("Send queue is full: %s, limit max-send-queue %s"), WSI_CAUSE_NONE },
  { N_("Messages of other threads wait: %s, limit max-send-queue %s"), WSI_CAUSE_NONE },
  { N_("Message was not read to its end before this side closed the connection with code %s "
       "(read on, then close)"),
    WSI_CAUSE_NONE },
  /* TLS */
  { N_("No TLS with a client (clients of this port use wss:// and trust "
       "WspServer:tls-certificate): %s"),
    WSI_CAUSE_ANY },
  { N_("TLS handshake: the certificate of the client is not trusted: %s (see "
       "WspServer:tls-database)"),
    WSI_CAUSE_NONE },
  { N_("TLS: received the fatal alert %s"), WSI_CAUSE_NONE },
  { N_("TLS handshake: %s"), WSI_CAUSE_ANY },
  /* Connecting */
  { N_("Cannot connect to %s: no response for %s ms, limit connect-timeout %s ms"), WSI_CAUSE_NONE },
  { N_("Cannot connect to %s: no connection for %s ms, limit connect-timeout %s ms"), WSI_CAUSE_NONE },
  { N_("Cannot connect to %s: not complete for %s ms, limit connect-timeout %s ms"), WSI_CAUSE_NONE },
  { N_("Cannot connect to %s: another connect to this host goes on for %s ms, limit connect-timeout %s "
       "ms"),
    WSI_CAUSE_NONE },
  { N_("Cannot connect to %s (check the host name): %s"), WSI_CAUSE_ANY },
  { N_("Cannot connect to %s (check that a server listens there): %s"), WSI_CAUSE_ANY },
  { N_("Cannot connect to %s (check the network): %s"), WSI_CAUSE_ANY },
  { N_("Cannot connect to %s (check host, port and firewalls): %s"), WSI_CAUSE_ANY },
  { N_("Cannot connect to %s (check the path of the socket): %s"), WSI_CAUSE_ANY },
  { N_("Cannot connect to %s (check the permissions): %s"), WSI_CAUSE_ANY },
  { N_("Cannot connect to %s (by a proxy: see WspClient:proxy-resolver): %s"), WSI_CAUSE_ANY },
  { N_("Cannot connect to %s: %s"), WSI_CAUSE_ANY },
  { N_("Certificate of %s is not trusted: %s, subject %s (set WspClient:tls-database, or accept it "
       "in WspClient::accept-certificate): %s"),
    WSI_CAUSE_AFTER_FLAWS },
  { N_("No TLS with %s (if the server has no TLS, use ws://): %s"), WSI_CAUSE_ANY },
  { N_("No TLS with %s (set WspClient:tls-certificate): %s"), WSI_CAUSE_ANY },
  { N_("No TLS with %s (if the proxy has no TLS, its URI is http://): %s"), WSI_CAUSE_ANY },
  { N_("No TLS with %s (use a proxy that asks for no certificate): %s"), WSI_CAUSE_ANY },
  { N_("No TLS with %s: %s"), WSI_CAUSE_ANY },
  { N_("Handshake with %s failed: %s"), WSI_CAUSE_ANY },
  { N_("expected status 101, received status %s (%s)"), WSI_CAUSE_KNOWN },
  { N_("expected status 101, received status %s (%s)"), WSI_CAUSE_NONE },
  { N_("server ended TLS without a response (it may require a certificate: "
       "WspClient:tls-certificate): %s"),
    WSI_CAUSE_ANY },
  { N_("server closed the connection without a response (if it has TLS, use wss://): %s"),
    WSI_CAUSE_ANY },
  { N_("redirect is not followed: %s"), WSI_CAUSE_ANY },
  { N_("too many 1xx answers: %s, limit %s"), WSI_CAUSE_NONE },
  { N_("expected a tunnel to %s, received status %s (set Proxy-Authorization in "
       "WspClient::authenticate)"),
    WSI_CAUSE_NONE },
  { N_("expected a tunnel to %s, received status %s"), WSI_CAUSE_NONE },
  { N_("Proxy %s: %s"), WSI_CAUSE_ANY },
  /* A server and its clients */
  { N_("Request is not complete: for %s ms, limit handshake-timeout %s ms"), WSI_CAUSE_NONE },
  { N_("No request received: for %s ms, limit handshake-timeout %s ms"), WSI_CAUSE_NONE },
  { N_("Request not accepted or rejected: for %s ms, limit handshake-timeout %s ms"),
    WSI_CAUSE_NONE },
  { N_("Refused by the server with status %s"), WSI_CAUSE_NONE },
  { N_("Too many opening handshakes: %s, limit max-pending-handshakes %s"), WSI_CAUSE_NONE },
  { N_("Too many connections of this address: %s, limit max-connections-per-address %s"),
    WSI_CAUSE_NONE },
  { N_("Too many connections: %s, limit max-connections %s"), WSI_CAUSE_NONE },
  { N_("Origin is not in allowed-origins: expected one of %s, received %s (see "
       "WspServer:allowed-origins)"),
    WSI_CAUSE_NONE },
  { N_("Origin is not of the same host, and allowed-origins is not set: expected host %s, "
       "received %s (add it to WspServer:allowed-origins)"),
    WSI_CAUSE_NONE },
  { N_("Host is not a name of this machine, nor in allowed-hosts: expected localhost or an "
       "address of it, received %s (see WspServer:allowed-hosts)"),
    WSI_CAUSE_NONE },
  { N_("Cannot listen: expected an IP address or localhost, received %s (for all networks write "
       "0.0.0.0 or ::)"),
    WSI_CAUSE_NONE },
  /* The folder of wsp_attach_enable () */
  { N_("%s has the mode %s; expected 0700 (run: chmod 0700 '%s')"), WSI_CAUSE_NONE },
  { N_("%s belongs to user %s; expected user %s (remove it)"), WSI_CAUSE_NONE },
  { N_("%s cannot be opened: %s (expected a folder, not a link)"), WSI_CAUSE_NONE },
  { N_("%s cannot be opened: %s"), WSI_CAUSE_ANY },
  /* wsp_handshake_new_client () */
  { N_("Invalid URI %s: expected a scheme, received none (did you mean %s?)"), WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected scheme ws, received http (did you mean %s?)"), WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected scheme wss, received https (did you mean %s?)"),
    WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected scheme ws, wss or ws+unix, received %s"), WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected ws://host/path, wss://host/path or ws+unix:/path"),
    WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected a host after %s"), WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected no control characters, received %s"), WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected a port from 1 to 65535"), WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected a host name or an IP address"), WSI_CAUSE_NONE },
  /* xgettext:no-c-format */
  { N_("Invalid URI %s: expected user name and password without colons and control characters, "
       "and other bytes as % and two hexadecimal digits"),
    WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected ws+unix:/path, received a host"), WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected ws+unix: and the absolute path of a socket"), WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected a socket path of at most %s bytes, received %s"), WSI_CAUSE_NONE },
  { N_("Invalid URI %s: expected scheme ws, wss or ws+unix"), WSI_CAUSE_NONE },
  /* xgettext:no-c-format */
  { N_("Invalid URI %s: expected % and two hexadecimal digits for an escaped byte"),
    WSI_CAUSE_NONE },
  /* xgettext:no-c-format */
  { N_("Invalid URI %s: expected UTF-8 (write other bytes as % and two hexadecimal digits)"),
    WSI_CAUSE_NONE },
  /* xgettext:no-c-format */
  { N_("Invalid URI %s: expected no blanks, received a space (write it as %20)"),
    WSI_CAUSE_NONE },
  /* xgettext:no-c-format */
  { N_("Invalid URI %s: expected no fragment (write # as %23)"), WSI_CAUSE_NONE },
  { NULL, WSI_CAUSE_NONE },
};

const WsiLibraryText wsi_library_facts[] = {
  /* wsp_handshake_check_get_text () */
  { N_("expected %s, received %s times, first %s"), WSI_CAUSE_NONE },
  { N_("expected %s, received %s"), WSI_CAUSE_NONE },
  { N_("expected %s, not present"), WSI_CAUSE_NONE },
  { N_("received %s times, first %s"), WSI_CAUSE_NONE },
  { N_("received %s, ignored: the target has %s"), WSI_CAUSE_NONE },
  { N_("received %s header fields, %s bytes"), WSI_CAUSE_NONE },
  { N_("received %s bytes, but no empty line after the header fields"), WSI_CAUSE_NONE },
  { N_("received %s bytes"), WSI_CAUSE_NONE },
  { N_("received %s: redirect to %s"), WSI_CAUSE_NONE },
  { N_("received %s: %s"), WSI_CAUSE_KNOWN },
  { N_("received %s"), WSI_CAUSE_NONE },
  /* wsp_error_from_fault () */
  { N_("%s, limit %s"), WSI_CAUSE_NONE },
  { NULL, WSI_CAUSE_NONE },
};

/* wsp_certificate_describe_errors () */
const char *const wsi_library_flaws[] = {
  N_("unknown certificate authority"), N_("issued for another name"), N_("not yet valid"),
  N_("expired"), N_("revoked"), N_("insecure algorithm"), N_("invalid"), NULL,
};
