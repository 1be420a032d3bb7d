/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every limit and timeout, one row each:
 * LIMIT (field, name, property, blurb, type, minimum, maximum, default, fault or NONE).
 *
 * The limits that the core checks are HEAD_LIMIT, which is also a field of WscHeadLimits, and
 * OPTION_LIMIT, a field of WscOptions.  HEAD_CONSTANT and OPTION_CONSTANT are such fields, too, but
 * no property of WspLimits.  Their default is their value; their property column names the property
 * whose value they take (max_line takes max-head-size), or is NULL.  SERVER_LIMIT is a property of
 * WspServer, and not of WspLimits: only a server has it.
 *
 * A file that includes this one defines the macros that it needs.  The defaults: HEAD_CONSTANT is
 * HEAD_LIMIT, OPTION_CONSTANT is OPTION_LIMIT, HEAD_LIMIT, OPTION_LIMIT and SERVER_LIMIT are LIMIT,
 * and LIMIT is nothing.  A file that defines PROPERTY_LIMIT alone gets the properties of WspLimits.
 *
 * The comment above a row is the documentation of the property, in gi-docgen's Markdown:
 * docs/make-limits generates the accessors of WspLimits and docs/limits.md from this file.  The
 * documentation of a SERVER_LIMIT is in wsp-server-properties.c.  A property whose documentation
 * has the sentence "Tuning: a later version may ignore it." has no accessors, unless it has 64
 * bits: g_object_set () would read 64 bits of a caller's int.
 *
 * docs/rationales/limits.md has the reasons. */

#ifdef PROPERTY_LIMIT
#define LIMIT(...) PROPERTY_LIMIT (__VA_ARGS__)
#define HEAD_CONSTANT(...)
#define OPTION_CONSTANT(...)
#define SERVER_LIMIT(...)
#endif
#ifndef LIMIT
#define LIMIT(...)
#endif
#ifndef HEAD_LIMIT
#define HEAD_LIMIT(...) LIMIT (__VA_ARGS__)
#endif
#ifndef OPTION_LIMIT
#define OPTION_LIMIT(...) LIMIT (__VA_ARGS__)
#endif
#ifndef SERVER_LIMIT
#define SERVER_LIMIT(...) LIMIT (__VA_ARGS__)
#endif
#ifndef HEAD_CONSTANT
#define HEAD_CONSTANT(...) HEAD_LIMIT (__VA_ARGS__)
#endif
#ifndef OPTION_CONSTANT
#define OPTION_CONSTANT(...) OPTION_LIMIT (__VA_ARGS__)
#endif

/* HTTP heads */

/* Maximum size of an HTTP request or response head, in bytes. A server answers a longer
 * one with status 431; a client fails. */
HEAD_LIMIT (max_size, MAX_HEAD_SIZE, "max-head-size",
            "Maximum size of an HTTP head, in bytes",
            uint32_t, 256, INT32_MAX, 16 * 1024, HEAD_TOO_BIG)

/* Maximum length of the first line of an HTTP head, in bytes: as much as the whole head. A
 * server answers a longer one with status 414; a client fails. */
HEAD_CONSTANT (max_line, MAX_REQUEST_LINE, "max-head-size",
               "Maximum length of a request or status line, in bytes",
               uint32_t, 256, INT32_MAX, 16 * 1024, LINE_TOO_LONG)

/* Maximum number of fields of an HTTP head. A server answers more with status 431; a
 * client fails.
 *
 * Tuning: a later version may ignore it. */
HEAD_LIMIT (max_fields, MAX_HEADER_FIELDS, "max-header-fields",
            "Maximum number of header fields",
            uint32_t, 1, INT32_MAX, 100, TOO_MANY_FIELDS)

/* Maximum number of subprotocols that a request may offer. A server answers more with
 * status 400. */
HEAD_CONSTANT (max_protocols, MAX_OFFERED_PROTOCOLS, NULL,
               "Maximum number of subprotocols in a request",
               uint32_t, 1, INT32_MAX, 32, TOO_MANY_PROTOCOLS)

/* Maximum number of extensions that a head may list. A server answers more with status
 * 400; a client fails. */
HEAD_CONSTANT (max_extensions, MAX_OFFERED_EXTENSIONS, NULL,
               "Maximum number of extensions in a head",
               uint32_t, 1, INT32_MAX, 16, TOO_MANY_EXTENSIONS)

/* Maximum number of parameters of one extension. A server answers more with status 400;
 * a client fails. */
HEAD_CONSTANT (max_parameters, MAX_EXTENSION_PARAMETERS, NULL,
               "Maximum number of parameters of an extension",
               uint32_t, 1, INT32_MAX, 16, TOO_MANY_PARAMETERS)

/* Opening handshakes */

/* Maximum size of the body that a client keeps of a response that refuses the handshake, in
 * bytes. Further bytes are dropped.
 *
 * Tuning: a later version may ignore it. */
LIMIT (max_refusal_body, MAX_REFUSAL_BODY, "max-refusal-body",
       "Maximum size of the body kept of a refusal, in bytes",
       uint32_t, 0, INT32_MAX, 64 * 1024, NONE)

/* How long a client waits for the rest of the body of a response that refuses the
 * handshake, in milliseconds from the end of its head. Then the attempt fails with the
 * part that was received; the timeout is no error of its own. With 0 only
 * [property@Wsp.Client:connect-timeout] limits the wait.
 *
 * Tuning: a later version may ignore it. */
LIMIT (refusal_timeout, REFUSAL_TIMEOUT, "refusal-timeout",
       "Time to wait for the body of a refusal, in milliseconds; 0 = no timeout",
       uint32_t, 0, INT32_MAX, 2000, NONE)

/* Maximum time of a server from accepting a transport to its status 101, TLS included,
 * in milliseconds; 0 means no timeout. */
LIMIT (handshake_timeout, HANDSHAKE_TIMEOUT, "handshake-timeout",
       "Time from accept to status 101, in milliseconds; 0 = no timeout",
       uint32_t, 0, INT32_MAX, 10000, NONE)

/* For each stage of its own: of clients that have sent nothing, and of those that have sent
 * a part of their request, the oldest goes, the latter with status 503; of requests that
 * the program has not decided about, the newest are refused with 503. */
SERVER_LIMIT (max_pending_handshakes, MAX_PENDING_HANDSHAKES, "max-pending-handshakes",
              "Maximum number of incomplete opening handshakes",
              uint32_t, 1, INT32_MAX, 256, NONE)

/* Messages */

/* Maximum size of a received message, in bytes after inflating. Values from 2^53 - 1 mean
 * unlimited (a number of JavaScript is exact up to there). A longer message ends the session
 * with close code 1009, unless it is read as a stream:
 * [method@Wsp.Connection.receive_stream_async]. */
OPTION_LIMIT (max_message_length, MAX_MESSAGE_SIZE, "max-message-size",
              "Maximum size of a received message, in bytes after inflating; 2^53 - 1 and more = unlimited",
              uint64_t, 1, UINT64_MAX, 16 * 1024 * 1024, MESSAGE_TOO_BIG)

/* Maximum size of a received frame, in bytes; 0 means
 * [property@Wsp.Limits:max-message-size]. A longer one ends the session with close code
 * 1009. */
OPTION_LIMIT (max_frame_length, MAX_FRAME_SIZE, "max-frame-size",
              "Maximum size of a received frame, in bytes; 0 = as max-message-size",
              uint64_t, 0, UINT64_MAX, 0, FRAME_TOO_BIG)

/* Maximum number of frames of a received message, including empty ones. More end the
 * session with close code 1008, unless the message is read as a stream:
 * [method@Wsp.Connection.receive_stream_async].
 *
 * Tuning: a later version may ignore it. */
OPTION_LIMIT (max_fragments, MAX_FRAGMENTS, "max-fragments",
              "Maximum number of frames of a received message",
              uint32_t, 1, UINT32_MAX, 128 * 1024, TOO_MANY_FRAGMENTS)

/* Messages are sent in frames of this payload size, in bytes; with 0 a message is one
 * frame. See RFC 6455, section 5.4.
 *
 * Tuning: a later version may ignore it. */
OPTION_LIMIT (fragment_size, FRAGMENT_SIZE, "fragment-size",
              "Payload size of sent frames, in bytes; 0 = one frame for each message",
              uint32_t, 0, INT32_MAX, 0, NONE)

/* Maximum ratio of inflated to compressed size of a message; with 0 only
 * [property@Wsp.Limits:max-message-size] applies. It is not checked below 1 MiB. A
 * message that exceeds it ends the session with close code 1009.
 *
 * Tuning: a later version may ignore it. */
OPTION_LIMIT (max_inflate_ratio, MAX_INFLATE_RATIO, "max-inflate-ratio",
              "Maximum ratio of inflated to compressed size; 0 = unlimited",
              uint32_t, 0, INT32_MAX, 0, INFLATE_RATIO_TOO_HIGH)

/* Queues */

/* Size of the send queue, in bytes, from which a connection is full: a server then stops
 * reading from it, a client does not. The size is counted as for
 * [property@Wsp.Limits:max-send-queue]. */
LIMIT (send_high_water_mark, SEND_HIGH_WATER_MARK, "send-high-water-mark",
       "Send queue size, in bytes, from which the connection is full",
       uint64_t, 0, UINT64_MAX, 1024 * 1024, NONE)

/* Size of the send queue, in bytes, down to which a full connection becomes writable
 * again. */
LIMIT (send_low_water_mark, SEND_LOW_WATER_MARK, "send-low-water-mark",
       "Send queue size, in bytes, at which a full connection is writable again",
       uint64_t, 0, UINT64_MAX, 256 * 1024, NONE)

/* Size of the send queue, in bytes, from which messages are refused. Below it a message
 * is accepted whatever its length. The size counts the payload, 240 bytes for each
 * message, and 160 for each call whose result is pending. Pings count until their pongs
 * are received. */
LIMIT (max_send_queue, MAX_SEND_QUEUE, "max-send-queue",
       "Send queue size, in bytes, from which messages are refused",
       uint64_t, 1, UINT64_MAX, 16 * 1024 * 1024, NONE)

/* Maximum number of received messages that wait for the program before reading pauses;
 * 64 KiB of them pause it too, of which each message takes 240 bytes beside its payload. Before the
 * program asks a connection for messages or calls stop_receiving(), one message pauses it. While
 * reading pauses, the peer waits, and its pings and its Close are not received.
 *
 * Tuning: a later version may ignore it. */
LIMIT (max_read_ahead, MAX_READ_AHEAD, "max-read-ahead",
       "Maximum number of received messages in the queue",
       uint32_t, 1, INT32_MAX, 64, NONE)

/* Maximum number of pongs that wait to be sent; beyond that the newest replaces the last
 * one. See RFC 6455, section 5.5.3. */
OPTION_CONSTANT (max_waiting_pongs, MAX_WAITING_PONGS, NULL,
                 "Maximum number of pongs in the send queue",
                 uint32_t, 1, 4096, 64, NONE)

/* Maximum number of pings that the peer may send per second; 0 means unlimited. More end
 * the session with close code 1008.
 *
 * Tuning: a later version may ignore it. */
OPTION_LIMIT (max_pings_per_second, MAX_PINGS_PER_SECOND, "max-pings-per-second",
              "Maximum number of received pings per second; 0 = unlimited",
              uint32_t, 0, INT32_MAX, 0, TOO_MANY_PINGS)

/* Time */

/* After this time without input from the peer a ping is sent, in milliseconds; 0 sends
 * none. A session in %WSP_SESSION_MODE_WINDOWS sends none either. */
OPTION_LIMIT (keepalive_interval, KEEPALIVE_INTERVAL, "keepalive-interval",
              "Time without input after which a ping is sent, in milliseconds; 0 = off",
              uint32_t, 0, INT32_MAX, 30000, NONE)

/* How long a ping may remain without a pong before the session fails, in milliseconds; 0
 * means no timeout.
 *
 * While output waits, a connection also ends when the transport has taken no byte for
 * this time plus [property@Wsp.Limits:keepalive-interval], whatever the peer sends; if
 * one of them is 0 it does not. */
OPTION_LIMIT (keepalive_timeout, KEEPALIVE_TIMEOUT, "keepalive-timeout",
              "Time to wait for a pong, in milliseconds; 0 = no timeout",
              uint32_t, 0, INT32_MAX, 20000, PEER_NOT_RESPONDING)

/* After this time without a message a connection is closed with code 1001, in
 * milliseconds; 0 means never. */
LIMIT (idle_timeout, IDLE_TIMEOUT, "idle-timeout",
       "Time without messages after which a connection is closed, in milliseconds; 0 = never",
       uint32_t, 0, INT32_MAX, 0, NONE)

/* Maximum time of the closing handshake, in milliseconds; 0 means no timeout. After it,
 * messages that are not partly sent are dropped, and after the same time again the
 * session is aborted. A connection whose write has failed receives the rest of its input for
 * at most this time. */
OPTION_LIMIT (close_timeout, CLOSE_TIMEOUT, "close-timeout",
              "Maximum time of the closing handshake, in milliseconds; 0 = no timeout",
              uint32_t, 0, INT32_MAX, 5000, NONE)

/* Connections of a server or a main loop */

/* Beyond the limit up to 32 clients are accepted for two seconds: requests for ordinary HTTP
 * are answered, and WebSockets are refused with status 503. */
SERVER_LIMIT (max_connections, MAX_CONNECTIONS, "max-connections",
              "Maximum number of connections",
              uint32_t, 1, INT32_MAX, 10000, NONE)

/* Further connections are answered with status 503. */
SERVER_LIMIT (max_connections_per_address, MAX_CONNECTIONS_PER_ADDRESS,
              "max-connections-per-address",
              "Maximum number of connections from one address, or IPv6 network of 64 bits; 0 = unlimited",
              uint32_t, 0, INT32_MAX, 0, NONE)

/* An older connection is closed with 1001 and `retry-after=0`; the age of each one varies by
 * up to 10 %. */
SERVER_LIMIT (max_connection_age, MAX_CONNECTION_AGE, "max-connection-age",
              "Age at which a connection is closed, in milliseconds; 0 = never",
              uint32_t, 0, INT32_MAX, 0, NONE)

/* A receiver whose oldest message waits longer is slow for broadcasts. */
SERVER_LIMIT (max_send_delay, MAX_SEND_DELAY, "max-send-delay",
              "Time in the send queue that makes a receiver slow, in milliseconds; 0 = any time",
              uint32_t, 0, INT32_MAX, 0, NONE)

/* Maximum size of the incomplete messages of all connections that share these limits,
 * such as those of a server, in bytes. A message of more than 64 KiB counts with its
 * allocated memory; one that exceeds the limit ends its connection with close code 1013.
 * Shorter ones are not counted. A connection whose own limits were set still counts with the
 * others.
 *
 * Tuning: a later version may ignore it. */
OPTION_LIMIT (max_buffered_input, MAX_BUFFERED_INPUT, "max-buffered-input",
              "Maximum size of all incomplete messages of a server, in bytes",
              uint64_t, 4 * 1024, UINT64_MAX, 256 * 1024 * 1024, BUFFERED_INPUT_FULL)

/* How many bytes of one connection are read, how many are inflated, and how many are
 * compressed in one turn of the main loop, before other connections have their turns. A
 * longer message is compressed in several turns.
 *
 * Tuning: a later version may ignore it. */
LIMIT (max_bytes_per_turn, MAX_BYTES_PER_TURN, "max-bytes-per-turn",
       "Bytes read, inflated or compressed for one connection per turn of the main loop",
       uint32_t, 4 * 1024, INT32_MAX, 1024 * 1024, NONE)

#undef LIMIT
#undef HEAD_LIMIT
#undef OPTION_LIMIT
#undef SERVER_LIMIT
#undef PROPERTY_LIMIT
#undef HEAD_CONSTANT
#undef OPTION_CONSTANT
