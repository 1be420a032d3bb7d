/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every rule that can be broken, one row each:
 * FAULT (name, error, hresult, close code, HTTP status, section, text).
 * fault.h includes this file for the enum, fault.c for the table: no include guard.
 *
 * Both sides read a text: here it is the message of a GError, there the reason of a Close frame or
 * the body of an HTTP response.  So it states the fault in words that are true for both sides, and
 * does not say what to do.  The text of a limit names its property. */

/* Frame header */
FAULT (RSV_NOT_NEGOTIATED, INVALID_FORMAT, FORMAT, 1002, 0, "5.2",
       "RSV bit is set, but no negotiated extension uses it")
FAULT (OPCODE_RESERVED, INVALID_FORMAT, FORMAT, 1002, 0, "5.2",
       "Opcode is reserved and not negotiated")
FAULT (LENGTH_NOT_SHORTEST, INVALID_FORMAT, FORMAT, 1002, 0, "5.2",
       "Payload length is not encoded in the fewest bytes")
FAULT (LENGTH_TOP_BIT_SET, INVALID_FORMAT, FORMAT, 1002, 0, "5.2",
       "Most significant bit of the 64-bit payload length is set")
FAULT (FRAME_TOO_BIG, TOO_BIG, FORMAT, 1009, 0, "10.4",
       "Frame is larger than max-frame-size")
FAULT (FRAME_NOT_MASKED, INVALID_FORMAT, FORMAT, 1002, 0, "5.1",
       "Frame from the client is not masked")
FAULT (FRAME_MASKED, INVALID_FORMAT, FORMAT, 1002, 0, "5.1",
       "Frame from the server is masked")
FAULT (CONTROL_FRAME_FRAGMENTED, INVALID_FORMAT, FORMAT, 1002, 0, "5.5",
       "Control frame is fragmented")
FAULT (CONTROL_FRAME_TOO_LONG, INVALID_FORMAT, FORMAT, 1002, 0, "5.5",
       "Control frame payload is longer than 125 bytes")

/* Order of frames */
FAULT (CONTINUATION_WITHOUT_MESSAGE, INVALID_FORMAT, OPERATION, 1002, 0, "5.4",
       "Unexpected continuation frame: no message in progress")
FAULT (DATA_INSIDE_MESSAGE, INVALID_FORMAT, OPERATION, 1002, 0, "5.4",
       "Expected a continuation frame, received a new data frame")
FAULT (MESSAGE_TOO_BIG, TOO_BIG, FORMAT, 1009, 0, "10.4",
       "Message is larger than max-message-size")
FAULT (TOO_MANY_FRAGMENTS, TOO_BIG, FORMAT, 1008, 0, "10.4",
       "Message has more frames than max-fragments")
FAULT (TOO_MANY_PINGS, REJECTED, NONE, 1008, 0, "-",
       "Ping rate exceeds max-pings-per-second")

/* Refusals by the layers above the core: see wsc_stream_fail () */
FAULT (MESSAGE_TYPE_NOT_ACCEPTED, INVALID_FORMAT, NONE, 1003, 0, "7.4.1",
       "Message type (text or binary) is not accepted")
FAULT (BUFFERED_INPUT_FULL, REJECTED, NONE, 1013, 0, "10.4",
       "Incomplete messages of all connections exceed max-buffered-input")
FAULT (MESSAGE_GIVEN_UP, CANCELLED, NONE, 1011, 0, "5.4",
       "Sender abandoned a fragmented message")
FAULT (HANDLER_FAILED, FAILED, NONE, 1011, 0, "7.4.1",
       "Application failed while handling the connection")

/* Payloads */
FAULT (TEXT_NOT_UTF8, INVALID_UTF8, FORMAT, 1007, 0, "8.1",
       "Text message is not valid UTF-8")
FAULT (CLOSE_LENGTH_ONE, INVALID_FORMAT, FORMAT, 1002, 0, "5.5.1",
       "Close payload is 1 byte; expected 0 or at least 2")
FAULT (CLOSE_CODE_RESERVED, INVALID_FORMAT, FORMAT, 1002, 0, "7.4.1",
       "Close code is reserved or unassigned")
FAULT (CLOSE_REASON_NOT_UTF8, INVALID_UTF8, FORMAT, 1007, 0, "5.5.1",
       "Close reason is not UTF-8")
FAULT (DEFLATE_CORRUPT, INVALID_FORMAT, FORMAT, 1007, 0, "7692 7.2.2",
       "Compressed message is invalid")
FAULT (DEFLATE_TRUNCATED, INVALID_FORMAT, FORMAT, 1007, 0, "7692 7.2.2",
       "Compressed message ends in the middle of a deflate block")
FAULT (INFLATE_RATIO_TOO_HIGH, TOO_BIG, FORMAT, 1009, 0, "-",
       "Decompression ratio exceeds max-inflate-ratio")
FAULT (COMPRESSED_BIT_MISPLACED, INVALID_FORMAT, FORMAT, 1002, 0, "7692 6.1",
       "RSV1 is set on a frame that does not start a message")

/* Arguments of the calls that send */
FAULT (CLOSE_CODE_NOT_SENDABLE, INVALID_ARGUMENT, INVALIDARG, 0, 0, "7.4.1",
       "Close code is not allowed in a Close frame")
FAULT (CLOSE_REASON_TOO_LONG, INVALID_ARGUMENT, INVALIDARG, 0, 0, "5.5.1",
       "Close reason is longer than 123 bytes")
FAULT (CLOSE_REASON_WITHOUT_CODE, INVALID_ARGUMENT, INVALIDARG, 0, 0, "5.5.1",
       "Close reason requires a close code")
FAULT (CLOSE_REASON_TO_SEND_NOT_UTF8, INVALID_ARGUMENT, INVALIDARG, 0, 0, "5.5.1",
       "Cannot send close reason: not valid UTF-8")
FAULT (CONTROL_PAYLOAD_TOO_LONG, INVALID_ARGUMENT, INVALIDARG, 0, 0, "5.5",
       "Cannot send control frame: payload is longer than 125 bytes")
FAULT (CONTROL_TO_SEND_FRAGMENTED, INVALID_ARGUMENT, INVALIDARG, 0, 0, "5.5",
       "Cannot send a fragmented control frame")
FAULT (TEXT_TO_SEND_NOT_UTF8, INVALID_ARGUMENT, INVALIDARG, 0, 0, "5.6",
       "Cannot send text: not valid UTF-8")
FAULT (MESSAGE_KIND_CHANGED, INVALID_OPERATION, OPERATION, 0, 0, "5.4",
       "Next fragment must have the same type as the message in progress")
FAULT (BUFFER_TYPE_UNKNOWN, INVALID_ARGUMENT, INVALIDARG, 0, 0, "-",
       "Buffer type is unknown")
FAULT (BUFFER_WITHOUT_MEMORY, INVALID_ARGUMENT, INVALIDARG, 0, 0, "-",
       "Buffer is NULL but its length is not 0")
FAULT (RAW_HEADER_MASKED, INVALID_ARGUMENT, INVALIDARG, 0, 0, "5.2",
       "Mask bit must be 0 in a raw frame header (the library sets it)")
FAULT (RAW_HEADER_IS_CLOSE, INVALID_ARGUMENT, INVALIDARG, 0, 0, "5.5.1",
       "Close frame cannot be sent as a raw frame")
FAULT (NO_BUFFER_GIVEN, INVALID_ARGUMENT, INVALIDARG, 0, 0, "-",
       "At least one buffer is required")
FAULT (READ_BEYOND_BUFFER, INVALID_ARGUMENT, INVALIDARG, 0, 0, "-",
       "Reported read length exceeds the buffer")

/* State of the session */
FAULT (NOT_OPEN_YET, INVALID_OPERATION, OPERATION, 0, 0, "6.1",
       "Session is not open: the opening handshake is not complete")
FAULT (HANDSHAKE_DONE, INVALID_OPERATION, OPERATION, 0, 0, "4",
       "Opening handshake is already complete")
FAULT (WRONG_ROLE, INVALID_OPERATION, OPERATION, 0, 0, "4",
       "Handshake function does not match the session's role (client or server)")
FAULT (CLOSE_SENT_BEFORE, INVALID_OPERATION, OPERATION, 0, 0, "5.5.1",
       "Close frame was already sent")
FAULT (CLOSING_STARTED, CLOSED, OPERATION, 0, 0, "5.5.1",
       "Closing handshake has already started")
FAULT (ABORTED, CLOSED, OPERATION, 0, 0, "-",
       "Session was aborted")
FAULT (CANCELLED, CANCELLED, OPERATION, 0, 0, "-",
       "Operation was cancelled")
FAULT (TRANSPORT_ENDED, ABNORMAL_CLOSURE, OPERATION, 0, 0, "7.1.5",
       "Connection ended without a Close frame")
FAULT (TRANSPORT_TORN, ABNORMAL_CLOSURE, OPERATION, 0, 0, "7.1.7",
       "Frame was only partly written; connection cannot continue")
FAULT (PEER_NOT_RESPONDING, TIMED_OUT, OPERATION, 0, 0, "5.5.2",
       "Peer did not answer a ping within keepalive-timeout")
FAULT (OUT_OF_MEMORY, MEMORY, OUTOFMEMORY, 1011, 0, "-",
       "Out of memory")

/* HTTP head: the column of the HTTP status is the server's; a client turns these into HANDSHAKE */
FAULT (REQUEST_LINE_MALFORMED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Request line is malformed: expected \"GET path HTTP/1.1\"")
FAULT (METHOD_NOT_GET, INVALID_FORMAT, FORMAT, 0, 405, "4.2.1",
       "Method is not GET")
FAULT (REQUEST_NOT_HTTP_1_1, INVALID_FORMAT, FORMAT, 0, 505, "4.2.1",
       "Request is not HTTP/1.1")
FAULT (TARGET_MALFORMED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Request target is malformed")
FAULT (STATUS_LINE_MALFORMED, HANDSHAKE, FORMAT, 0, 0, "4.1",
       "Status line is malformed or not HTTP/1.1")
FAULT (STATUS_NOT_101, HANDSHAKE, FORMAT, 0, 0, "4.1",
       "HTTP status is not 101")
FAULT (HEAD_TOO_BIG, TOO_BIG, FORMAT, 0, 431, "10.4",
       "HTTP head is larger than max-head-size")
FAULT (LINE_TOO_LONG, TOO_BIG, FORMAT, 0, 414, "10.4",
       "First line of the HTTP head is longer than max-head-size")
FAULT (TOO_MANY_FIELDS, TOO_BIG, FORMAT, 0, 431, "10.4",
       "HTTP head has more fields than max-header-fields")
FAULT (LINE_END_MALFORMED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Line of the HTTP head does not end in CR LF")
FAULT (FIELD_WITHOUT_COLON, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Header line has no colon")
FAULT (FIELD_NAME_MALFORMED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Header name has an invalid character")
FAULT (FIELD_VALUE_MALFORMED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Header value contains a control character")
FAULT (FIELD_FOLDED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Header line folding is not allowed")

/* Opening handshake: checks of both sides */
FAULT (HEADERS_MISSING, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "No headers were given")
FAULT (CONNECTION_MISSING, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Connection header is missing")
FAULT (CONNECTION_WITHOUT_UPGRADE, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Connection header does not contain \"upgrade\"")
FAULT (UPGRADE_MISSING, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Upgrade header is missing")
FAULT (UPGRADE_WITHOUT_WEBSOCKET, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Upgrade header does not contain \"websocket\"")
FAULT (EXTENSIONS_MALFORMED, INVALID_FORMAT, FORMAT, 0, 400, "9.1",
       "Sec-WebSocket-Extensions is malformed")

/* Opening handshake: checks of a server */
FAULT (NOT_WEBSOCKET, NOT_WEBSOCKET, FORMAT, 0, 426, "4.2.1",
       "Not a WebSocket request")
FAULT (BODY_ANNOUNCED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Request has a body")
FAULT (HOST_MISSING, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Host header is missing")
FAULT (HOST_REPEATED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Host header must appear only once")
FAULT (HOST_MALFORMED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Host header is malformed")
FAULT (KEY_MISSING, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Sec-WebSocket-Key is missing")
FAULT (KEY_REPEATED, INVALID_FORMAT, FORMAT, 0, 400, "11.3.1",
       "Sec-WebSocket-Key must appear only once")
FAULT (KEY_NOT_16_BYTES, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Sec-WebSocket-Key is not 16 bytes encoded in base64")
FAULT (VERSION_MISSING, VERSION_NOT_SUPPORTED, FORMAT, 0, 426, "4.2.1",
       "Sec-WebSocket-Version is missing")
FAULT (VERSION_REPEATED, INVALID_FORMAT, FORMAT, 0, 400, "11.3.5",
       "Sec-WebSocket-Version must appear only once")
FAULT (VERSION_NOT_13, VERSION_NOT_SUPPORTED, VERSION, 0, 426, "4.2.2",
       "Sec-WebSocket-Version is not 13")
FAULT (ORIGIN_REPEATED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Origin header must appear only once")
FAULT (PROTOCOLS_MALFORMED, INVALID_FORMAT, FORMAT, 0, 400, "4.2.1",
       "Sec-WebSocket-Protocol is malformed")
FAULT (PROTOCOL_REPEATED, INVALID_FORMAT, FORMAT, 0, 400, "4.1",
       "Sec-WebSocket-Protocol lists a subprotocol twice")
FAULT (TOO_MANY_PROTOCOLS, TOO_BIG, FORMAT, 0, 400, "10.4",
       "Request offers too many subprotocols")
FAULT (EXTENSION_REPEATED, INVALID_FORMAT, FORMAT, 0, 400, "9.1",
       "Sec-WebSocket-Extensions lists the same offer twice")
FAULT (TOO_MANY_EXTENSIONS, TOO_BIG, FORMAT, 0, 400, "10.4",
       "Sec-WebSocket-Extensions lists too many extensions")
FAULT (TOO_MANY_PARAMETERS, TOO_BIG, FORMAT, 0, 400, "10.4",
       "Extension has too many parameters")
FAULT (CHOSEN_PROTOCOL_NOT_OFFERED, SUBPROTOCOL_NOT_SUPPORTED, SUBPROTOCOL, 0, 0, "4.2.2",
       "Selected subprotocol was not offered by the client")
FAULT (CHOSEN_EXTENSION_NOT_OFFERED, EXTENSION_NOT_SUPPORTED, EXTENSIONS, 0, 0, "4.2.2",
       "Selected extension was not offered by the client")
FAULT (CHOSEN_EXTENSION_MALFORMED, INVALID_ARGUMENT, INVALIDARG, 0, 0, "9.1",
       "Selected extension is malformed")
FAULT (CHOSEN_EXTENSION_TWICE, INVALID_ARGUMENT, INVALIDARG, 0, 0, "9.1",
       "Extension is selected twice")

/* Opening handshake: arguments of a client */
FAULT (PROTOCOL_NOT_TOKEN, INVALID_ARGUMENT, INVALIDARG, 0, 0, "4.1",
       "Subprotocol is not a token")
FAULT (PROTOCOL_OFFERED_TWICE, INVALID_ARGUMENT, INVALIDARG, 0, 0, "4.1",
       "Subprotocol is listed twice")
FAULT (EXTENSION_OFFER_MALFORMED, INVALID_ARGUMENT, INVALIDARG, 0, 0, "9.1",
       "Extension offer is malformed")
FAULT (EXTENSION_OFFERED_TWICE, INVALID_ARGUMENT, INVALIDARG, 0, 0, "9.1",
       "Extension offer is listed twice")
FAULT (HEADER_NAME_NOT_TOKEN, INVALID_ARGUMENT, INVALIDARG, 0, 0, "4.1",
       "Custom header name is not a valid token")
FAULT (HEADER_VALUE_NOT_ALLOWED, INVALID_ARGUMENT, INVALIDARG, 0, 0, "4.1",
       "Custom header value contains a control character (such as CR, LF or NUL)")
FAULT (HEADER_RESERVED, INVALID_ARGUMENT, INVALIDARG, 0, 0, "4.1",
       "Header is set by the handshake and cannot be overridden")
FAULT (HOST_TO_SEND_MALFORMED, INVALID_ARGUMENT, INVALIDARG, 0, 0, "4.1",
       "Custom Host header is malformed or repeated")
FAULT (SELECTION_TOO_SMALL, INVALID_ARGUMENT, INVALIDARG, 0, 0, "-",
       "Buffer for selected extensions is too small for the offer")

/* Opening handshake: checks of a client */
FAULT (ANSWER_UPGRADE_NOT_WEBSOCKET, INVALID_FORMAT, FORMAT, 0, 0, "4.1",
       "Upgrade header of the response is not \"websocket\"")
FAULT (ACCEPT_MISSING, INVALID_FORMAT, FORMAT, 0, 0, "4.1",
       "Sec-WebSocket-Accept is missing")
FAULT (ACCEPT_REPEATED, INVALID_FORMAT, FORMAT, 0, 0, "11.3.3",
       "Sec-WebSocket-Accept must appear only once")
FAULT (ACCEPT_WRONG, INVALID_FORMAT, FORMAT, 0, 0, "4.1",
       "Sec-WebSocket-Accept does not match the key")
FAULT (ANSWER_PROTOCOL_MALFORMED, INVALID_FORMAT, FORMAT, 0, 0, "11.3.4",
       "Sec-WebSocket-Protocol of the response is not a single token")
FAULT (ANSWER_PROTOCOL_NOT_OFFERED, SUBPROTOCOL_NOT_SUPPORTED, SUBPROTOCOL, 0, 0, "4.1",
       "Server selected a subprotocol that was not offered")
FAULT (ANSWER_EXTENSION_NOT_OFFERED, EXTENSION_NOT_SUPPORTED, EXTENSIONS, 0, 0, "4.1",
       "Server selected an extension that was not offered")
FAULT (ANSWER_EXTENSION_TWICE, EXTENSION_NOT_SUPPORTED, EXTENSIONS, 0, 0, "9.1",
       "Server selected an extension twice")
FAULT (DEFLATE_PARAMETERS_MALFORMED, EXTENSION_NOT_SUPPORTED, EXTENSIONS, 0, 0, "7692 7.1",
       "Parameter of permessage-deflate is unknown, repeated or has an invalid value")
FAULT (DEFLATE_ANSWER_BEYOND_OFFER, EXTENSION_NOT_SUPPORTED, EXTENSIONS, 0, 0, "7692 7.1",
       "Parameters of permessage-deflate in the response do not match the offer")

/* Objects of the public API */
FAULT (HEADERS_FROZEN, INVALID_OPERATION, NONE, 0, 0, "-",
       "Headers are in use by a handshake and cannot be changed")
FAULT (HANDSHAKE_DECIDED, INVALID_OPERATION, NONE, 0, 0, "-",
       "Request was already accepted or rejected")
FAULT (HANDSHAKE_ENDED, CLOSED, NONE, 0, 0, "-",
       "Handshake has ended: request can no longer be accepted or rejected")

/* Reported by an observer only */
FAULT (DATA_AFTER_CLOSE, INVALID_FORMAT, OPERATION, 1002, 0, "5.5.1",
       "Data frame follows a Close frame")
FAULT (BYTES_AFTER_CLOSE, INVALID_FORMAT, OPERATION, 1002, 0, "1.4",
       "Bytes follow a Close frame")
FAULT (BYTES_BEFORE_RESPONSE, INVALID_FORMAT, OPERATION, 1002, 0, "4.1",
       "Client sent bytes before the response to its request")
FAULT (HTTP_AMONG_FRAMES, INVALID_FORMAT, FORMAT, 1002, 0, "5.2",
       "HTTP text where a frame should begin: another handler, or a proxy, wrote it")
FAULT (EMPTY_LINE_AMONG_FRAMES, INVALID_FORMAT, FORMAT, 1002, 0, "5.2",
       "Empty line where a frame should begin: one line end too many was written")
FAULT (COMPRESSION_NOT_AGREED, INVALID_FORMAT, FORMAT, 1002, 0, "7692 6",
       "Message looks compressed, but compression was not agreed")
