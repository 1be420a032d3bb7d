/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every limit and timeout, one row each:
 * LIMIT (field, name, property, blurb, type, minimum, maximum, default, fault or NONE).
 *
 * Those that the core checks are HEAD_LIMIT, which is also a field of WscHeadLimits, and
 * OPTION_LIMIT, one of WscOptions.  Includers define what they need; what they leave out is LIMIT,
 * or nothing.
 *
 * The comment above a row is the documentation of the property, in gi-docgen's Markdown:
 * docs/make-limits makes the GIR's blocks and docs/limits.md from this file. */

#ifndef LIMIT
#define LIMIT(...)
#endif
#ifndef HEAD_LIMIT
#define HEAD_LIMIT(...) LIMIT (__VA_ARGS__)
#endif
#ifndef OPTION_LIMIT
#define OPTION_LIMIT(...) LIMIT (__VA_ARGS__)
#endif

/* HTTP heads */

/* How long a whole HTTP head may be, in bytes. A server answers a longer one with status
 * 431, a client gives up. */
HEAD_LIMIT (max_size, MAX_HEAD_SIZE, "max-head-size", "Bytes of a whole HTTP head",
            uint32_t, 256, INT32_MAX, 16 * 1024, HEAD_TOO_BIG)

/* How long the first line of an HTTP head may be, in bytes. A server answers a longer one
 * with status 414, a client gives up. */
HEAD_LIMIT (max_line, MAX_REQUEST_LINE, "max-request-line", "Bytes of a request or status line",
            uint32_t, 64, INT32_MAX, 8 * 1024, LINE_TOO_LONG)

/* How many fields an HTTP head may have. A server answers more with status 431. */
HEAD_LIMIT (max_fields, MAX_HEADER_FIELDS, "max-header-fields", "Number of fields of an HTTP head",
            uint32_t, 1, INT32_MAX, 100, TOO_MANY_FIELDS)

/* How many subprotocols a request may offer. More are answered with status 400. */
HEAD_LIMIT (max_protocols, MAX_OFFERED_PROTOCOLS, "max-offered-protocols",
            "Number of subprotocols a request may offer",
            uint32_t, 1, INT32_MAX, 32, TOO_MANY_PROTOCOLS)

/* How many extensions a head may list. More are answered with status 400. */
HEAD_LIMIT (max_extensions, MAX_OFFERED_EXTENSIONS, "max-offered-extensions",
            "Number of extensions a head may list",
            uint32_t, 1, INT32_MAX, 16, TOO_MANY_EXTENSIONS)

/* How many parameters one extension may have. More are answered with status 400. */
HEAD_LIMIT (max_parameters, MAX_EXTENSION_PARAMETERS, "max-extension-parameters",
            "Number of parameters of one extension",
            uint32_t, 1, INT32_MAX, 16, TOO_MANY_PARAMETERS)

/* Opening handshakes */

/* How many interim answers (status 100, 102, 103) a client skips before it gives up. */
LIMIT (max_interim_answers, MAX_INTERIM_ANSWERS, "max-interim-answers",
       "Number of 1xx answers before the real one",
       uint32_t, 0, INT32_MAX, 5, NONE)

/* How much of the body of a refused handshake a client keeps, in bytes. The rest is cut. */
LIMIT (max_refusal_body, MAX_REFUSAL_BODY, "max-refusal-body",
       "Bytes kept of the body of a refusal",
       uint32_t, 0, INT32_MAX, 64 * 1024, NONE)

/* How long a client waits for the rest of the body of a refused handshake, in milliseconds
 * from the end of its head. Then the attempt fails with what has arrived; that is no error of
 * its own. 0 waits as long as [property@Wsp.Limits:connect-timeout] allows. */
LIMIT (refusal_timeout, REFUSAL_TIMEOUT, "refusal-timeout",
       "Milliseconds from the head of a refusal to the end of its body; 0 = off",
       uint32_t, 0, INT32_MAX, 2000, NONE)

/* How long a server waits from accepting a transport to its status 101, TLS included, in
 * milliseconds; 0 is for ever. */
LIMIT (handshake_timeout, HANDSHAKE_TIMEOUT, "handshake-timeout",
       "Milliseconds from accept to status 101; 0 = off",
       uint32_t, 0, INT32_MAX, 10000, NONE)

/* How long a client may take from resolving the name to an open session, in milliseconds;
 * 0 is for ever. */
LIMIT (connect_timeout, CONNECT_TIMEOUT, "connect-timeout",
       "Milliseconds from resolving a name to an open session; 0 = off",
       uint32_t, 0, INT32_MAX, 30000, NONE)

/* How many opening handshakes of a server may be unfinished. The oldest is dropped for one
 * more. */
LIMIT (max_pending_handshakes, MAX_PENDING_HANDSHAKES, "max-pending-handshakes",
       "Number of unfinished opening handshakes of a server",
       uint32_t, 1, INT32_MAX, 256, NONE)

/* Messages */

/* How long a message of the peer may be, in bytes and after inflating; `G_MAXUINT64` is no
 * limit. A longer one ends the session with close code 1009, unless it is read as a stream:
 * [method@Wsp.Connection.receive_stream_async]. */
OPTION_LIMIT (max_message_length, MAX_MESSAGE_SIZE, "max-message-size",
              "Bytes of a message, after inflating; the largest value = none",
              uint64_t, 1, UINT64_MAX, 16 * 1024 * 1024, MESSAGE_TOO_BIG)

/* How long a frame of the peer may be, in bytes; 0 stands for
 * [property@Wsp.Limits:max-message-size]. A longer one ends the session with close code
 * 1009. */
OPTION_LIMIT (max_frame_length, MAX_FRAME_SIZE, "max-frame-size",
              "Bytes of a frame; 0 = as max-message-size",
              uint64_t, 0, UINT64_MAX, 0, FRAME_TOO_BIG)

/* Of how many frames a message of the peer may consist, empty ones counted. More end the
 * session with close code 1008, unless the message is read as a stream:
 * [method@Wsp.Connection.receive_stream_async]. */
OPTION_LIMIT (max_fragments, MAX_FRAGMENTS, "max-fragments",
              "Number of frames of a message, empty ones counted",
              uint32_t, 1, UINT32_MAX, 128 * 1024, TOO_MANY_FRAGMENTS)

/* Into frames of how many bytes our own messages are cut; 0 sends a message as one frame.
 * See RFC 6455, section 5.4. */
OPTION_LIMIT (fragment_size, FRAGMENT_SIZE, "fragment-size",
              "Bytes of our own frames; 0 = a message is one frame",
              uint32_t, 0, INT32_MAX, 0, NONE)

/* How many times longer a compressed message may become; 0 leaves it to
 * [property@Wsp.Limits:max-message-size]. It is not judged below 1 MiB. A breach ends the
 * session with close code 1009. */
OPTION_LIMIT (max_inflate_ratio, MAX_INFLATE_RATIO, "max-inflate-ratio",
              "Times a message may grow when inflated; 0 = off",
              uint32_t, 0, INT32_MAX, 0, INFLATE_RATIO_TOO_HIGH)

/* How many bytes are inflated for one connection in one turn of the main loop, before the
 * others have theirs. */
LIMIT (max_inflate_per_turn, MAX_INFLATE_PER_TURN, "max-inflate-per-turn",
       "Bytes inflated for one connection in one turn of the main loop",
       uint32_t, 4 * 1024, INT32_MAX, 1024 * 1024, NONE)

/* Queues */

/* From how many bytes waiting to be sent a connection counts as full: a server then reads
 * no more of the peer. They are counted as for [property@Wsp.Limits:max-send-queue]. */
LIMIT (high_water_mark, HIGH_WATER_MARK, "high-water-mark",
       "Bytes queued for sending from which on the connection counts as full",
       uint64_t, 0, UINT64_MAX, 1024 * 1024, NONE)

/* Down to how many bytes waiting to be sent a full connection becomes writable again. */
LIMIT (low_water_mark, LOW_WATER_MARK, "low-water-mark",
       "Bytes queued for sending down to which a full connection is writable again",
       uint64_t, 0, UINT64_MAX, 256 * 1024, NONE)

/* From how many bytes waiting to be sent a message is refused. Below, it is accepted
 * whatever its length. What is held counts: the payload, 240 bytes for each message, and
 * 160 for each call whose result is still to come. Pings count until their pongs come. */
LIMIT (max_send_queue, MAX_SEND_QUEUE, "max-send-queue",
       "Bytes queued for sending from which on messages are refused",
       uint64_t, 1, UINT64_MAX, 16 * 1024 * 1024, NONE)

/* How many messages may wait for being taken before reading pauses; 64 KiB of them pause
 * it as well. Before a connection was asked for anything, one message pauses it. */
LIMIT (receive_queue_limit, RECEIVE_QUEUE_LIMIT, "receive-queue-limit",
       "Number of messages that wait for being taken",
       uint32_t, 1, INT32_MAX, 4, NONE)

/* How many pongs may wait for being sent; then the newest replaces the last one. See RFC
 * 6455, section 5.5.3. */
OPTION_LIMIT (max_waiting_pongs, MAX_WAITING_PONGS, "max-waiting-pongs",
              "Number of pongs that wait for being sent",
              uint32_t, 1, 4096, 64, NONE)

/* How many pings the peer may send in a second; 0 is any number. More end the session with
 * close code 1008. */
OPTION_LIMIT (max_pings_per_second, MAX_PINGS_PER_SECOND, "max-pings-per-second",
              "Number of pings of the peer in a second; 0 = off",
              uint32_t, 0, INT32_MAX, 0, TOO_MANY_PINGS)

/* Time */

/* After how much silence of the peer a ping is sent, in milliseconds; 0 sends none. A
 * session whose [property@Wsp.Session:auto-close] is off sends none either. */
OPTION_LIMIT (keepalive_interval, KEEPALIVE_INTERVAL, "keepalive-interval",
              "Milliseconds of silence after which a ping is sent; 0 = off",
              uint32_t, 0, INT32_MAX, 30000, NONE)

/* How long a ping may stay without an answer before the session fails, in milliseconds; 0
 * is for ever.
 *
 * While output waits, a connection also ends when the transport has taken no byte for this
 * time and [property@Wsp.Limits:keepalive-interval] together, whatever the peer sends; if
 * one of them is 0 it does not. */
OPTION_LIMIT (keepalive_timeout, KEEPALIVE_TIMEOUT, "keepalive-timeout",
              "Milliseconds a ping may stay without an answer; 0 = off",
              uint32_t, 0, INT32_MAX, 20000, PEER_NOT_RESPONDING)

/* After how long without a message a connection is closed with code 1001, in milliseconds;
 * 0 is never. */
LIMIT (idle_timeout, IDLE_TIMEOUT, "idle-timeout",
       "Milliseconds without a message after which a connection is closed; 0 = off",
       uint32_t, 0, INT32_MAX, 0, NONE)

/* How long the closing handshake may take, in milliseconds; 0 is for ever. Then messages
 * that have not begun to leave are dropped, and after the same time again the session is
 * aborted. */
LIMIT (close_timeout, CLOSE_TIMEOUT, "close-timeout",
       "Milliseconds that the closing handshake may take; 0 = off",
       uint32_t, 0, INT32_MAX, 5000, NONE)

/* Connections that share a server or a main loop */

/* How many connections a server has at most; it then accepts no more. Where the system
 * permits fewer open files, that number less 64 counts. */
LIMIT (max_connections, MAX_CONNECTIONS, "max-connections", "Number of connections of a server",
       uint32_t, 1, INT32_MAX, 10000, NONE)

/* How many connections of a server may come from one address; 0 is any number. More are
 * answered with status 503. */
LIMIT (max_connections_per_address, MAX_CONNECTIONS_PER_ADDRESS, "max-connections-per-address",
       "Number of connections of one address; 0 = off",
       uint32_t, 0, INT32_MAX, 0, NONE)

/* How many bytes of unfinished messages all connections hold together that share these
 * limits, such as those of a server. A message of more than 64 KiB counts with the memory
 * it holds; one that goes beyond ends its connection with close code 1013. Shorter ones are
 * not counted. */
OPTION_LIMIT (max_buffered_input, MAX_BUFFERED_INPUT, "max-buffered-input",
              "Bytes of unfinished messages that a whole server holds",
              uint64_t, 4 * 1024, UINT64_MAX, 256 * 1024 * 1024, BUFFERED_INPUT_FULL)

/* How many messages of one connection are delivered in one turn of the main loop, before
 * the others have theirs. */
LIMIT (max_messages_per_turn, MAX_MESSAGES_PER_TURN, "max-messages-per-turn",
       "Number of messages of one connection in one turn of the main loop",
       uint32_t, 1, INT32_MAX, 64, NONE)

/* How many bytes of one connection are read, or compressed, in one turn of the main loop,
 * before the others have theirs. A longer message is compressed in the turns that follow. */
LIMIT (max_bytes_per_turn, MAX_BYTES_PER_TURN, "max-bytes-per-turn",
       "Bytes read or compressed for one connection in one turn of the main loop",
       uint32_t, 4 * 1024, INT32_MAX, 1024 * 1024, NONE)

#undef LIMIT
#undef HEAD_LIMIT
#undef OPTION_LIMIT
