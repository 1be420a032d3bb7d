/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The table of all options; only wsi-options.c includes this file.  A row has the name, letter,
 * kind, field of WsiOptions, verbs, argument, smallest and largest number, and text for --help. */

/* listing */
ROW ("filter", 'Y', STRING, filter,
     WSI_VERBS_LISTING | WSI_VERB_FOLLOW | WSI_VERB_STATS | WSI_VERB_FIELDS | WSI_VERB_CONVERT,
     "FILTER", 0, 0,
     "Only frames that match, such as 'text contains \"error\"' or 'recv and len > 1KB'")
ROW ("format", 'T', CHOICE, format,
     WSI_VERBS_LISTING | WSI_VERB_FOLLOW | WSI_VERB_STATS | WSI_VERB_CHECKS | WSI_VERB_FIELDS,
     "text|json|jsonl|hex|payload|tree", 0, 0,
     "Print lines, a JSON array, JSON lines, lines with a hex dump, payloads only, or lines with decoded trees")
ROW ("field", 'e', STRINGS, fields, WSI_VERBS_LISTING, "FIELD", 0, 0,
     "Print only this field of each frame; may be given several times")
ROW ("decoder", 0, STRINGS, decoders, WSI_VERBS_LISTING, "[CONN[:sent|:recv]=]NAME", 0, 0,
     "Read messages with this decoder, such as json or text; without it they are guessed")
ROW ("max-decoded", 0, INTEGER, max_decoded, WSI_VERBS_LISTING | WSI_VERB_FOLLOW, "BYTES", 1,
     1024 * 1024 * 1024, "Decode so much of a message (default 16777216)")
ROW ("messages", 0, FLAG, is_by_message, WSI_VERBS_LISTING, NULL, 0, 0,
     "Print a line for each message instead of each frame")
ROW ("frames", 0, FLAG, is_by_frame, WSI_VERBS_LISTING, NULL, 0, 0,
     "Print a line for each frame (the default)")
ROW ("no-control", 0, FLAG, hides_control, WSI_VERBS_LISTING, NULL, 0, 0,
     "Do not print pings, pongs and Close frames")
ROW ("limit", 0, INTEGER, limit, WSI_VERBS_LISTING | WSI_VERB_FOLLOW, "N", 0, G_MAXINT64,
     "Print at most this number of frames, and end")
ROW ("null", 0, FLAG, is_null, WSI_VERBS_LISTING | WSI_VERB_FOLLOW, NULL, 0, 0,
     "With --format=payload: end each payload with a NUL byte instead of a line feed")
ROW ("bare", 0, FLAG, is_bare, WSI_VERBS_LISTING | WSI_VERB_FOLLOW, NULL, 0, 0,
     "With --format=payload: print the bytes of the payloads and nothing between them")
ROW ("base64", 0, FLAG, is_base64, WSI_VERBS_LISTING | WSI_VERB_FOLLOW, NULL, 0, 0,
     "With --format=payload: print each payload in base64")
ROW ("utc", 0, FLAG, is_utc, WSI_VERBS_LISTING | WSI_VERB_FOLLOW, NULL, 0, 0,
     "Print the time of day in UTC instead of the time since the start")
ROW ("color", 0, CHOICE, color, WSI_VERBS_LISTING | WSI_VERB_FOLLOW, "auto|always|never", 0, 0,
     "Colour lines; auto does so on a terminal only (default auto)")
ROW ("redact", 0, CHOICE, redact, WSI_VERBS_LISTING | WSI_VERBS_CAPTURES | WSI_VERB_CONVERT |
     WSI_VERB_COMMAND, "default|none|strict", 0, 0,
     "Hide secrets of heads and URIs, in files and commands also of messages (default); nothing; or with strict all payload and paths, too")
ROW ("handshake", 0, CHOICE, handshake, WSI_VERBS_RECORDING | WSI_VERB_CHECKS,
     "brief|full", 0, 0,
     "Print a handshake that passed as one line, or all of it (default brief)")
ROW ("write", 'w', FILE, write, WSI_VERBS_RECORDING, "FILE", 0, 0,
     "Also write what --filter, --conn or --connection choose to a new file, for its owner only: .wsinspect, .pcapng, .har, ...")
ROW ("all", 0, FLAG, is_all, WSI_VERBS_RECORDING, NULL, 0, 0,
     "With --write: write everything, whatever the listing leaves out")
ROW ("to", 'F', STRING, to, WSI_VERB_CONVERT, "FORMAT", 0, 0,
     "Format of OUT (default: by its suffix):" WSI_FORMAT_ROWS (WORD))
ROW ("quiet", 'q', FLAG, is_quiet,
     WSI_VERB_CONNECT | WSI_VERB_SERVE | WSI_VERB_PROXY | WSI_VERB_BROWSER | WSI_VERB_CAPTURE |
     WSI_VERB_ATTACH | WSI_VERB_CONVERT | WSI_VERB_COMMAND, NULL, 0, 0,
     "Do not print handshakes and frames, nor how much was hidden in a file or command")

/* connect: the messages to send */
ROW ("send", 0, STRINGS, messages, WSI_VERB_CONNECT, "TEXT|@FILE", 0, 0,
     "Send this text, or this file, instead of standard input; may be given several times")
ROW ("replay", 0, FILE, replay, WSI_VERB_CONNECT, "FILE", 0, 0,
     "Send what the client of a recorded connection has sent; URI defaults to the recorded one")
ROW ("replay-elsewhere", 0, FLAG, may_replay_elsewhere, WSI_VERB_CONNECT, NULL, 0, 0,
     "Permit --replay with another server, without the recorded headers")
ROW ("binary", 0, FLAG, is_binary, WSI_VERB_CONNECT, NULL, 0, 0,
     "Send binary messages")
ROW ("echo", 0, FLAG, is_echo, WSI_VERB_CONNECT, NULL, 0, 0,
     "Echo received messages")
ROW ("ping", 0, SECONDS, ping, WSI_VERB_CONNECT, "SECONDS", 0, 24 * 60 * 60,
     "Send a ping in this interval")
ROW ("count", 0, INTEGER, count, WSI_VERB_CONNECT, "N", 1, G_MAXINT64,
     "Close after this number of received messages")
ROW ("wait", 0, SECONDS, wait, WSI_VERB_CONNECT, "SECONDS", 0, 24 * 60 * 60,
     "After the end of the input, close if nothing is received for this time (default 1)")
ROW ("close", 0, STRING, close, WSI_VERB_CONNECT, "CODE[:REASON]", 0, 0,
     "Close with this code and reason (default 1000)")
ROW ("allow-raw", 0, FLAG, may_send_raw, WSI_VERB_CONNECT, NULL, 0, 0,
     "Permit --send-raw and /raw, which may break the protocol")
ROW ("send-raw", 0, STRINGS, raw, WSI_VERB_CONNECT, "HEX", 0, 0,
     "Send these bytes as they are, after all of --send; needs --allow-raw")

/* connect and serve: the handshake */
ROW ("header", 'H', STRINGS, headers, WSI_VERB_CONNECT, "NAME: VALUE", 0, 0,
     "Add a request header")
ROW ("protocol", 0, STRINGS, protocols, WSI_VERB_CONNECT | WSI_VERB_SERVE, "NAME", 0, 0,
     "Offer (connect) or accept (serve) a subprotocol")
ROW ("origin", 0, STRING, origin, WSI_VERB_CONNECT, "ORIGIN", 0, 0,
     "Set the Origin header")
ROW ("allow-origin", 0, STRINGS, origins, WSI_VERB_SERVE, "ORIGIN", 0, 0,
     "Allow this browser origin; * = any")
ROW ("deflate", 0, FLAG, is_deflate, WSI_VERB_CONNECT | WSI_VERB_SERVE | WSI_VERB_DECODE, NULL, 0,
     0, "Offer (connect) or accept (serve) permessage-deflate; inflate with it (decode)")
ROW ("max-message", 0, INTEGER, max_message, WSI_VERB_CONNECT | WSI_VERB_SERVE, "BYTES", 1,
     G_MAXINT64, "Largest accepted message (default of connect 256 MiB, of serve 16 MiB)")
ROW ("port", 0, INTEGER, port, WSI_VERB_SERVE, "N", 0, 65535,
     "Port to listen on; 0 = any free port (default 8080)")

/* connect and serve: TLS and proxies */
ROW ("ca", 0, FILE, ca, WSI_VERB_CONNECT | WSI_VERB_PROXY, "FILE", 0, 0,
     "Trust only the CAs in this file (PEM)")
ROW ("cert", 0, FILE, certificate, WSI_VERB_CONNECT | WSI_VERB_SERVE | WSI_VERB_PROXY, "FILE", 0, 0,
     "Certificate of the client, or of the server or proxy, which enables TLS (PEM)")
ROW ("key", 0, FILE, key, WSI_VERB_CONNECT | WSI_VERB_SERVE | WSI_VERB_PROXY, "FILE", 0, 0,
     "Private key of --cert (default: the same file)")
ROW ("client-ca", 0, FILE, client_ca, WSI_VERB_SERVE, "FILE", 0, 0,
     "Require client certificates issued by these CAs (PEM)")
ROW ("proxy", 0, STRING, proxy, WSI_VERB_CONNECT, "URI", 0, 0,
     "Use this proxy (http, https or socks URI)")
ROW ("insecure-accept-certificate", 0, FLAG, accepts_any, WSI_VERB_CONNECT | WSI_VERB_PROXY, NULL,
     0, 0, "Accept any certificate of the server (insecure)")

/* proxy */
ROW ("rewrite-host", 0, FLAG, is_rewriting, WSI_VERB_PROXY, NULL, 0, 0,
     "Give requests the Host of the target, and its Origin to pages that come through the proxy")
ROW ("lossless", 0, FLAG, is_lossless, WSI_VERB_PROXY, NULL, 0, 0,
     "Slow connections down rather than leave gaps in the listing")

/* browser */
ROW ("start", 0, FLAG, is_starting, WSI_VERB_BROWSER, NULL, 0, 0,
     "Start a browser, in a temporary profile, and open URL in it")
ROW ("profile", 0, FILE, profile, WSI_VERB_BROWSER, "FOLDER", 0, 0,
     "With --start: use this folder for the profile, and keep it")
ROW ("page", 0, STRING, page, WSI_VERB_BROWSER, "TEXT", 0, 0,
     "Only pages whose URL or title has this text, and their frames and workers")

/* capture */
ROW ("list", 0, FLAG, is_list, WSI_VERB_CAPTURE, NULL, 0, 0,
     "List the network interfaces, and end")
ROW ("packets", 0, FILE, packets, WSI_VERB_CAPTURE, "FILE", 0, 0,
     "Also write all packets as they were captured to a new file, for its owner only (pcapng)")

/* attach */
ROW ("connection", 0, STRINGS, connections, WSI_VERB_ATTACH, "NUMBER", 0, 0,
     "Only the connection that has this number in the log of the program; may be given several times")

/* captures */
ROW ("conn", 0, INTEGER, connection,
     WSI_VERB_READ | WSI_VERB_FOLLOW | WSI_VERB_CHECKS | WSI_VERB_CONNECT | WSI_VERB_COMMAND |
     WSI_VERB_CONVERT, "N", 1, G_MAXUINT32,
     "Only the connection with this number (follow, command and --replay: default 1)")
ROW ("keylog", 0, FILE, key_log,
     WSI_VERBS_CAPTURES | WSI_VERB_CAPTURE | WSI_VERB_CONVERT | WSI_VERB_COMMAND, "FILE", 0, 0,
     "Open TLS in captures by the secrets in this file, which the client wrote (SSLKEYLOGFILE)")
ROW ("as", 0, STRINGS, read_as,
     WSI_VERBS_CAPTURES | WSI_VERB_CAPTURE | WSI_VERB_CONVERT | WSI_VERB_COMMAND,
     "PORT=websocket", 0, 0,
     "In captures, connections of this port are WebSockets, also without their handshake")
ROW ("dir", 0, CHOICE, side, WSI_VERB_READ | WSI_VERB_FOLLOW, "both|sent|recv", 0, 0,
     "Only what the client has sent or received")
ROW ("interval", 0, SECONDS, interval, WSI_VERB_STATS, "SECONDS", 0, 24 * 60 * 60,
     "Also count each interval")
ROW ("program", 0, CHOICE, program_kind, WSI_VERB_COMMAND,
     "wsinspect|websocat|javascript|python|curl", 0, 0,
     "The program that the command calls, or its language (default wsinspect)")
ROW ("message", 0, INTEGER, message, WSI_VERB_COMMAND, "N", 1, G_MAXINT64,
     "Also send the message whose last frame has this number in read")

/* decode */
ROW ("masked", 0, FLAG, is_masked, WSI_VERB_DECODE, NULL, 0, 0,
     "Print payloads as they are on the wire, masked")
ROW ("client", 0, FLAG, is_client, WSI_VERB_DECODE, NULL, 0, 0,
     "A client has sent these frames")
ROW ("server", 0, FLAG, is_server, WSI_VERB_DECODE, NULL, 0, 0,
     "A server has sent these frames")

ROW ("help", 'h', FLAG, is_help, ~0, NULL, 0, 0,
     "Print this help")
