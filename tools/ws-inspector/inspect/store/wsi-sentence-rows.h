/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sentences that are recorded, one row each: SENTENCE (id, name, arguments, English).
 * wsi-sentence.h includes this file for the enum, wsi-sentence.c for the table: no include guard.
 *
 * A name is in files, so it stays what it is; so does the order of the arguments.  Each %s is one
 * argument, of a kind:
 *   t  text, which stays as it is
 *   e  an error of the library, or of the system, which has its own translations
 *   m  a close code, of which the meaning is shown
 *   s  the name of another sentence, whose arguments follow it
 * The numbers 0 and 1 are those of a text that is no sentence, and of an error alone. */

SENTENCE (TEXT, "text", "t", "%s")
SENTENCE (ERROR, "error", "e", "%s")

/* Rows that are missing */
SENTENCE (GAP, "gap", "", N_("Bytes are missing"))
SENTENCE (BYTE_MISSING, "byte-missing", "t", N_("%s byte is missing"))
SENTENCE (BYTES_MISSING, "bytes-missing", "t", N_("%s bytes are missing"))
SENTENCE (FRAME_LEFT_OUT, "frame-left-out", "t",
          N_("%s frame was left out: the capture was paused"))
SENTENCE (FRAMES_LEFT_OUT, "frames-left-out", "t",
          N_("%s frames were left out: the capture was paused"))
SENTENCE (PAUSED, "paused", "", N_("Frames are not recorded from here on"))
SENTENCE (RESUMED_AFTER_ONE, "resumed-after-one", "t",
          N_("Frames are recorded again: %s was left out"))
SENTENCE (RESUMED, "resumed", "t", N_("Frames are recorded again: %s were left out"))
SENTENCE (ONE_NOT_KEPT, "one-not-kept", "t",
          N_("%s frame or payload was not kept: too large, no memory, or readers hold it (raise "
             "the limits in Preferences)"))
SENTENCE (NOT_KEPT, "not-kept", "t",
          N_("%s frames or payloads were not kept: too large, no memory, or readers hold it "
             "(raise the limits in Preferences)"))
SENTENCE (ROW_REMOVED, "row-removed", "tt",
          N_("The %s oldest row was removed (limit %s rows: raise it in Preferences, or save to "
             "a file, which has no limit)"))
SENTENCE (ROWS_REMOVED, "rows-removed", "tt",
          N_("The %s oldest rows were removed (limit %s rows: raise it in Preferences, or save "
             "to a file, which has no limit)"))
SENTENCE (ROW_REMOVED_FOR_HEADS, "row-removed-for-heads", "tt",
          N_("The %s oldest row was removed (limit %s MiB of heads: save to a file, which has no "
             "limit)"))
SENTENCE (ROWS_REMOVED_FOR_HEADS, "rows-removed-for-heads", "tt",
          N_("The %s oldest rows were removed (limit %s MiB of heads: save to a file, which has "
             "no limit)"))
SENTENCE (NOT_ON_DISK, "not-on-disk", "tt",
          N_("Payloads cannot be written to disk (%s): over %s MiB the oldest in memory are "
             "dropped (make room in /var/tmp)"))
SENTENCE (DROPPING, "dropping", "tt",
          N_("The oldest payloads are dropped from here on (limit %s MiB in memory, %s MiB on "
             "disk: raise it in Preferences, or save to a file, which has no limit)"))
SENTENCE (IP_FRAGMENTS, "ip-fragments", "",
          N_("Fragments of an IP packet are missing, and their bytes with them"))

/* A connection that cannot be opened */
SENTENCE (TLS_NO_KEYS, "tls-no-keys", "t", N_("TLS to %s, no keys"))
SENTENCE (DECRYPTED, "decrypted", "t", N_("Decrypted: %s"))
SENTENCE (INSIDE_TLS, "inside-tls", "t", N_("Inside TLS: %s"))
SENTENCE (CANNOT_CONNECT, "cannot-connect", "te", N_("Cannot connect to %s: %s"))
SENTENCE (TARGET_IS_PROXY, "target-is-proxy", "", N_("The target is this proxy itself"))
SENTENCE (TLS_FAILED, "tls-failed", "e", N_("TLS with a client has failed: %s"))
SENTENCE (UNKNOWN_AUTHORITY, "unknown-authority", "t",
          N_("Certificate of %s is not trusted: unknown authority (choose the PEM file of its "
             "authority in Trusted authorities, or with --ca)"))
SENTENCE (OTHER_NAME, "other-name", "t",
          N_("Certificate of %s is not trusted: issued for another name (connect to a name that "
             "it has)"))
SENTENCE (EXPIRED, "expired", "t",
          N_("Certificate of %s is not trusted: expired (renew it, or set the clock of this "
             "computer)"))
SENTENCE (NOT_YET_VALID, "not-yet-valid", "t",
          N_("Certificate of %s is not trusted: not valid yet (set the clock of this computer)"))
SENTENCE (NOT_TRUSTED, "not-trusted", "t",
          N_("Certificate of %s is not trusted (give the server another one)"))
SENTENCE (ACCEPTED_ALL_THE_SAME, "accepted-all-the-same", "s",
          N_("%s; it is accepted all the same: another computer may read and change everything"))
SENTENCE (CERTIFICATE_REFUSED, "certificate-refused", "t",
          N_("%s has ended TLS (it may require a certificate: choose one that it trusts in "
             "Certificate and Private key, or with --cert and --key)"))
SENTENCE (CLIENT_ENDED_TLS, "client-ended-tls", "",
          N_("TLS with a client has failed: it has refused the certificate, or sent no TLS (it "
             "must trust the certificate that is set in Certificate, or with --cert, and its "
             "address must begin with wss://)"))
SENTENCE (CLIENT_NOT_TRUSTED, "client-not-trusted", "",
          N_("TLS with a client has failed: its certificate is not trusted (it needs one of an "
             "authority in --client-ca)"))

/* An ending that is read off the bytes */
SENTENCE (FAILED_BY_CLIENT, "failed-by-client", "tm", N_("Failed by the client with %s: %s"))
SENTENCE (FAILED_BY_SERVER, "failed-by-server", "tm", N_("Failed by the server with %s: %s"))
SENTENCE (DROPPED_BY_CLIENT, "dropped-by-client", "t",
          N_("Dropped by the client without a Close frame, after %s of silence"))
SENTENCE (DROPPED_BY_SERVER, "dropped-by-server", "t",
          N_("Dropped by the server without a Close frame, after %s of silence"))
SENTENCE (RESET_BY_CLIENT, "reset-by-client", "t",
          N_("Reset by the client after %s of silence"))
SENTENCE (RESET_BY_SERVER, "reset-by-server", "t",
          N_("Reset by the server after %s of silence"))
SENTENCE (RESET_AFTER_CLOSE, "reset-after-close", "",
          N_("Connection was reset after a Close frame"))
SENTENCE (RESET, "reset", "", N_("Connection was reset"))
SENTENCE (ENDED_BEFORE_RESPONSE, "ended-before-response", "",
          N_("Connection ended before the response"))
SENTENCE (ENDED_AFTER_CLOSE, "ended-after-close", "", N_("Connection ended after a Close frame"))
SENTENCE (ENDED_WITHOUT_CLOSE, "ended-without-close", "",
          N_("Connection ended without a Close frame"))
SENTENCE (NO_REQUEST, "no-request", "", N_("Connection ended before a request"))
SENTENCE (NO_REQUEST_IN_TIME, "no-request-in-time", "", N_("No request was received in time"))
SENTENCE (REQUEST_TOO_SLOW, "request-too-slow", "", N_("Request was not complete in time"))
SENTENCE (REQUEST_IS_TLS, "request-is-tls", "",
          N_("TLS was received where HTTP was expected, and was refused"))
SENTENCE (REQUEST_IS_NO_HTTP, "request-is-no-http", "", N_("Request was no HTTP, and was refused"))
SENTENCE (CONNECTION_FREED, "connection-freed", "", N_("The connection was freed"))
SENTENCE (NO_RESPONSE, "no-response", "", N_("Response is not in the capture"))
SENTENCE (REFUSED, "refused", "", N_("Server refused the upgrade"))
SENTENCE (REFUSED_BY_PROXY, "refused-by-proxy", "", N_("The proxy refused the request"))
SENTENCE (OTHER_PROTOCOL, "other-protocol", "", N_("Connection switched to another protocol"))
SENTENCE (REPLACED, "replaced", "",
          N_("The end is not in the capture: another connection began between the same ports"))
SENTENCE (TOO_MANY_CONNECTIONS, "too-many-connections", "",
          N_("The rest was not read: too many connections at a time"))

/* An ending of which a recording tells the code, and not who closed */
SENTENCE (TOLD_CODE, "told-code", "tm", N_("Closed with %s: %s"))
SENTENCE (TOLD_CODE_AND_REASON, "told-code-and-reason", "tt", N_("Closed with %s, reason: %s"))
SENTENCE (TOLD_NO_CODE, "told-no-code", "", N_("Closed without a code"))

/* An ending that the library reports: wsp_close_info_to_string () */
SENTENCE (PEER_CLOSED, "peer-closed", "tt",
          N_("Closed cleanly by the peer with %s, answered with %s"))
SENTENCE (PEER_CLOSED_ANSWER_NO_CODE, "peer-closed-answer-no-code", "t",
          N_("Closed cleanly by the peer with %s, answered without a code"))
SENTENCE (PEER_CLOSED_NO_CODE, "peer-closed-no-code", "t",
          N_("Closed cleanly by the peer without a code, answered with %s"))
SENTENCE (PEER_CLOSED_NO_CODES, "peer-closed-no-codes", "",
          N_("Closed cleanly by the peer without a code, answered without a code"))
SENTENCE (WE_CLOSED, "we-closed", "tt", N_("Closed cleanly by us with %s, answered with %s"))
SENTENCE (WE_CLOSED_ANSWER_NO_CODE, "we-closed-answer-no-code", "t",
          N_("Closed cleanly by us with %s, answered without a code"))
SENTENCE (WE_CLOSED_NO_CODE, "we-closed-no-code", "t",
          N_("Closed cleanly by us without a code, answered with %s"))
SENTENCE (WE_CLOSED_NO_CODES, "we-closed-no-codes", "",
          N_("Closed cleanly by us without a code, answered without a code"))
SENTENCE (ABNORMAL, "abnormal", "sse", N_("%s; %s; %s"))
SENTENCE (ENDED, "ended", "", N_("Ended abnormally"))
SENTENCE (ENDED_BY_ERROR, "ended-by-error", "e", N_("Ended abnormally: %s"))
SENTENCE (FAILED_BY_US, "failed-by-us", "te", N_("Failed by us with %s: %s"))
SENTENCE (PEER_CODE, "peer-code", "t", N_("closed by the peer with %s"))
SENTENCE (PEER_NO_CODE, "peer-no-code", "", N_("closed by the peer without a code"))
SENTENCE (PEER_NO_CLOSE, "peer-no-close", "", N_("no Close was read from the peer"))
SENTENCE (OUR_CODE_PEER_CODE, "our-code-peer-code", "tt",
          N_("closed by us with %s, by the peer with %s"))
SENTENCE (OUR_CODE_PEER_NO_CODE, "our-code-peer-no-code", "t",
          N_("closed by us with %s, by the peer without a code"))
SENTENCE (OUR_CODE_PEER_NO_CLOSE, "our-code-peer-no-close", "t",
          N_("closed by us with %s, none was read from the peer"))
SENTENCE (OUR_NO_CODE_PEER_CODE, "our-no-code-peer-code", "t",
          N_("closed by us without a code, by the peer with %s"))
SENTENCE (OUR_NO_CODE_PEER_NO_CODE, "our-no-code-peer-no-code", "",
          N_("closed by us without a code, by the peer without a code"))
SENTENCE (OUR_NO_CODE_PEER_NO_CLOSE, "our-no-code-peer-no-close", "",
          N_("closed by us without a code, none was read from the peer"))
SENTENCE (OUR_NO_CLOSE_PEER_CODE, "our-no-close-peer-code", "t",
          N_("we sent no Close, by the peer with %s"))
SENTENCE (OUR_NO_CLOSE_PEER_NO_CODE, "our-no-close-peer-no-code", "",
          N_("we sent no Close, by the peer without a code"))
SENTENCE (OUR_NO_CLOSE_PEER_NO_CLOSE, "our-no-close-peer-no-close", "",
          N_("we sent no Close, none was read from the peer"))

/* A recording that ends first */
SENTENCE (RECORDING_ENDED, "recording-ended", "", N_("The recording has ended"))
SENTENCE (CAPTURE_ENDS, "capture-ends", "", N_("The capture ends before the connection"))
SENTENCE (FILE_NOT_READ, "file-not-read", "", N_("The file was not read to its end"))
SENTENCE (FILE_ENDS, "file-ends", "", N_("The file ends before the connection"))
SENTENCE (HAR_WITHOUT_HEADERS, "har-without-headers", "",
          N_("The HAR has not all headers of the handshake"))
SENTENCE (HAR_WITHOUT_MESSAGES, "har-without-messages", "",
          N_("The HAR has no messages of this connection: the program that wrote it leaves them "
             "out, as Firefox does (capture the connection with \"wsinspect capture\", or save the "
             "HAR in Chrome)"))
SENTENCE (HAR_WITHOUT_END, "har-without-end", "",
          N_("The HAR does not say how the connection ended"))

/* Events that a browser reports, and facts that it does not */
SENTENCE (BROWSER_OPENED_BY, "browser-opened-by", "t", N_("Opened by %s"))
SENTENCE (BROWSER_LATE, "browser-late", "",
          N_("Opened before we looked: the browser does not repeat its handshake (reload the page "
             "to see it)"))
SENTENCE (BROWSER_CLOSED, "browser-closed", "",
          N_("Closed: the code is not reported by the browser"))
SENTENCE (BROWSER_FAILED, "browser-failed", "t", N_("Failed, as the browser reports: %s"))
SENTENCE (BROWSER_FAILED_UNSAID, "browser-failed-unsaid", "",
          N_("Failed: the browser does not report why"))
SENTENCE (BROWSER_TARGET_ENDED, "browser-target-ended", "",
          N_("The page or worker ended before the connection"))
SENTENCE (BROWSER_LEFT, "browser-left", "", N_("The page was left"))
SENTENCE (BROWSER_EMPTY, "browser-empty", "", N_("The last page of the browser was closed"))
SENTENCE (BROWSER_ENDED, "browser-ended", "", N_("The browser has ended"))
SENTENCE (BROWSER_GONE, "browser-gone", "", N_("The browser was closed"))
SENTENCE (BROWSER_LOST, "browser-lost", "e", N_("The browser cannot be watched any more: %s"))
SENTENCE (BROWSER_WAITS, "browser-waits", "",
          N_("Waiting until the user of the browser allows debugging"))
SENTENCE (BROWSER_TOO_MANY, "browser-too-many", "",
          N_("Not everything is watched: the browser has too many pages or connections"))
SENTENCE (BROWSER_REFUSED, "browser-refused", "tt", N_("The browser does not tell of %s: %s"))
SENTENCE (BROWSER_NO_PAGE, "browser-no-page", "",
          N_("The connection is of a worker that belongs to no single page: load its pages again"))
SENTENCE (BROWSER_NOT_STARTED, "browser-not-started", "t",
          N_("The browser has ended with an error: %s"))

/* Events that a program reports that we are attached to */
SENTENCE (PROGRAM_LATE, "program-late", "",
          N_("Opened before we attached: what passed before is not shown"))
SENTENCE (PROGRAM_TOO_FAST, "program-too-fast", "t",
          N_("Records lost because the inspector was too slow: %s; the program did not wait"))
SENTENCE (PROGRAM_SILENT, "program-silent", "t",
          N_("%s does not answer yet: it may be stopped"))
SENTENCE (PROGRAM_FULL, "program-full", "t",
          N_("%s is watched by as many inspectors as it serves: end one of them"))
SENTENCE (PROGRAM_VERSION, "program-version", "tt",
          N_("%s speaks version %s of the protocol; expected version 1 (use the inspector of its "
             "libwsproto)"))
SENTENCE (PROGRAM_STILL, "program-still", "t",
          N_("Connections that do not answer: %s (there are none with such numbers, or their "
             "threads run no main loop)"))
SENTENCE (PROGRAM_END_LOST, "program-end-lost", "",
          N_("Closed; how it has ended was among the records that were lost"))
SENTENCE (PROGRAM_ENDED, "program-ended", "", N_("The program has ended"))
SENTENCE (PROGRAM_LOST, "program-lost", "e", N_("The program cannot be watched any more: %s"))

/* Events of the program that is started for a capture */
SENTENCE (STARTED_NOT, "started-not", "e",
          N_("The program cannot be started: %s (expected one that runs in a terminal)"))
SENTENCE (STARTED_STATUS, "started-status", "t", N_("The program has ended with status %s"))
SENTENCE (STARTED_SIGNAL, "started-signal", "t", N_("Signal %s has ended the program"))
SENTENCE (STARTED_LEFT, "started-left", "",
          N_("The program has ended, but a process that it has started goes on, and is not "
             "captured any more (start the program in the foreground, as with --wait, or that "
             "process itself)"))

/* Reports of dumpcap, and reasons why it cannot capture */
SENTENCE (PACKET_DROPPED, "packet-dropped", "t",
          N_("%s packet was dropped and not captured: bytes of a connection may be missing (give a "
             "narrower filter, such as \"tcp port 8080\")"))
SENTENCE (PACKETS_DROPPED, "packets-dropped", "t",
          N_("%s packets were dropped and not captured: bytes of connections may be missing (give "
             "a narrower filter, such as \"tcp port 8080\")"))
SENTENCE (PACKETS_NOT_WRITTEN, "packets-not-written", "te",
          N_("%s: packets are not written any more: %s"))
SENTENCE (CAPTURING_NOT_PERMITTED, "capturing-not-permitted", "t",
          N_("Capturing is not permitted: run \"sudo dpkg-reconfigure wireshark-common\", answer "
             "Yes, run \"sudo adduser %s wireshark\", and log in again"))
SENTENCE (CAPTURING_REFUSED, "capturing-refused", "t", N_("Cannot capture: %s"))
SENTENCE (CAPTURING_FAILED, "capturing-failed", "t", N_("Capturing has ended: %s"))
SENTENCE (DUMPCAP_MISSING, "dumpcap-missing", "",
          N_("There is no dumpcap, which captures packets: expected it in a folder of PATH (run "
             "\"sudo apt install wireshark-common\")"))
SENTENCE (DUMPCAP_IN_SANDBOX, "dumpcap-in-sandbox", "",
          N_("A sandbox cannot capture packets: run \"dumpcap -w FILE\" outside of it, and open "
             "the file"))
SENTENCE (DUMPCAP_ENDED, "dumpcap-ended", "", N_("dumpcap has ended"))

/* Actions of the proxy */
SENTENCE (ALTERED, "altered", "",
          N_("Altered by the inspector: Host, Connection and the proxy's own Origin"))
