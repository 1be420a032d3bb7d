/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Protocols that have messages of their own.  The messages are written by hand after the
 * specifications, but where a peer is named. */

#include "inspector/decode/decoder-cases.h"

#include "inspect/decode/choosing/wsi-decoder-hints.h"

static const DecoderCase socket_io[] = {
  { "open-has-the-session", DECODER_TEXT, "0{\"sid\":\"abc\",\"pingInterval\":25000}", "socket.io",
    "Engine.IO open {\"sid\":\"abc\",\"pingInterval\":25000}", .fields = "eio.type=open\n" },
  { "event-has-its-name", DECODER_TEXT, "42[\"chat\",{\"a\":1}]", "socket.io",
    "Socket.IO EVENT [\"chat\",{\"a\":1}]",
    .fields = "eio.type=message\nsio.type=EVENT\nsio.event=chat\n",
    .nodes = "packet @0+18\n"
             "  packet: Engine.IO @0+1 = message\n"
             "  type: Socket.IO @1+1 = EVENT\n"
             "  data: array @2+16\n"
             "    [0]: string @3+6 = chat\n"
             "    [1]: object @10+7\n"
             "      a: number @15+1 = 1\n" },
  { "event-with-id-is-a-request", DECODER_TEXT, "42/admin,12[\"chat\"]", "socket.io",
    "Socket.IO EVENT /admin id 12 [\"chat\"]",
    .fields = "eio.type=message\nsio.type=EVENT\nsio.namespace=/admin\nsio.id=12\nsio.event=chat\n"
              "request=/admin 12\n" },
  { "acknowledgement-is-its-reply", DECODER_TEXT, "43/admin,12[true]", "socket.io",
    "Socket.IO ACK /admin id 12 [true]",
    .fields = "eio.type=message\nsio.type=ACK\nsio.namespace=/admin\nsio.id=12\nreply=/admin 12\n" },
  { "connect-error-has-a-message", DECODER_TEXT, "44{\"message\":\"Not authorized\"}", "socket.io", NULL,
    .fields = "eio.type=message\nsio.type=CONNECT_ERROR\nsio.error=Not authorized\nsio.error says Not authorized\n" },
  { "error-of-an-older-protocol-is-a-text", DECODER_TEXT, "44\"No\"", "socket.io", NULL,
    .fields = "eio.type=message\nsio.type=CONNECT_ERROR\nsio.error=No\nsio.error says No\n" },
  { "event-with-the-name-of-an-error", DECODER_TEXT, "42[\"error\",{\"message\":\"No\"}]", "socket.io", NULL,
    .fields = "eio.type=message\nsio.type=EVENT\nsio.event=error\nsio.error=No\nsio.error says No\n" },
  { "binary-event-counts-its-attachments", DECODER_TEXT,
    "451-[\"file\",{\"_placeholder\":true,\"num\":0}]", "socket.io",
    "Socket.IO BINARY_EVENT 1 attachments [\"file\",{\"_placeholder\":true,\"num\":0}]",
    .fields = "eio.type=message\nsio.type=BINARY_EVENT\nsio.attachments=1\nsio.event=file\n" },
  { "attachment-by-its-path", DECODER_HEX, "ff 00", "socket.io",
    "Socket.IO attachment, 2 bytes", .fields = "", .path = "/socket.io/?EIO=4&transport=websocket" },
  { "ping-by-its-path", DECODER_TEXT, "2", "socket.io", "Engine.IO ping ",
    .fields = "eio.type=ping\n", .path = "/socket.io/?EIO=4&transport=websocket" },
  { "connect-by-a-part-of-its-path", DECODER_TEXT, "40", "socket.io", "Socket.IO CONNECT",
    .fields = "eio.type=message\nsio.type=CONNECT\n", .path = "/my/socket.io/?x=1" },
  { "disconnect-by-its-parameter", DECODER_TEXT, "41", "socket.io", "Socket.IO DISCONNECT",
    .fields = "eio.type=message\nsio.type=DISCONNECT\n", .path = "/live?EIO=3" },
  { "path-that-only-begins-so", DECODER_TEXT, "2", "text", "\"2\"", .fields = "", .path = "/socket.iox" },
  { "attachment-that-looks-like-a-ping", DECODER_HEX, "32", "socket.io", "Socket.IO attachment, 1 byte",
    .path = "/socket.io/" },
  { "event-with-id-and-no-attachments", DECODER_TEXT, "4212[\"chat\"]", "socket.io", "Socket.IO EVENT id 12 [\"chat\"]",
    .fields = "eio.type=message\nsio.type=EVENT\nsio.id=12\nsio.event=chat\nrequest= 12\n" },
  { "binary-event-with-id-is-a-request", DECODER_TEXT, "451-7[\"file\"]", "socket.io",
    "Socket.IO BINARY_EVENT 1 attachments id 7 [\"file\"]",
    .fields = "eio.type=message\nsio.type=BINARY_EVENT\nsio.attachments=1\nsio.id=7\nsio.event=file\nrequest= 7\n" },
  { "text-of-an-acknowledgement-is-no-event", DECODER_TEXT, "431[\"done\"]", "socket.io", "Socket.IO ACK id 1 [\"done\"]",
    .fields = "eio.type=message\nsio.type=ACK\nsio.id=1\nreply= 1\n" },
  { "event-without-a-name", DECODER_TEXT, "42[7]", "socket.io", "Socket.IO EVENT [7]",
    .fields = "eio.type=message\nsio.type=EVENT\n" },
  { "upgrade-is-no-message", DECODER_TEXT, "50", "socket.io", "Engine.IO upgrade 0", .fields = "eio.type=upgrade\n",
    .path = "/socket.io/" },
  { "message-of-another-protocol", DECODER_TEXT, "4!", "socket.io", "Engine.IO message !", .fields = "eio.type=message\n",
    .path = "/socket.io/" },
  { "message-of-an-unknown-type", DECODER_TEXT, "49", "socket.io", "Engine.IO message 9", .fields = "eio.type=message\n",
    .path = "/socket.io/" },
  { "number-alone-is-no-ping", DECODER_TEXT, "2", "text", "\"2\"", .fields = "" },
  { "number-is-no-event", DECODER_TEXT, "42", "text", "\"42\"", .fields = "" },
  { "SEC-115-name-with-escapes", DECODER_TEXT, "42[\"\\u202e\\u001b[2J\"]", "socket.io",
    .fields = "eio.type=message\nsio.type=EVENT\nsio.event=\\u{202e}\\x1b[2J\n" },
};

static const DecoderCase graphql[] = {
  { "init", DECODER_TEXT, "{\"type\":\"connection_init\",\"payload\":{}}", "graphql",
    "GraphQL connection_init {}", .fields = "gql.type=connection_init\n" },
  { "subscribe-is-a-request", DECODER_TEXT,
    "{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":{\"query\":\"subscription Prices { price }\"}}", "graphql",
    "GraphQL subscribe id 1 subscription Prices { price }",
    .fields = "gql.type=subscribe\ngql.id=1\ngql.op=Prices\nrequest=\"1\"\n" },
  { "name-of-the-operation-first", DECODER_TEXT,
    "{\"id\":\"2\",\"type\":\"start\",\"payload\":{\"operationName\":\"A\",\"query\":\"query B {b}\"}}", "graphql",
    "GraphQL start id 2 A", .fields = "gql.type=start\ngql.id=2\ngql.op=A\nrequest=\"2\"\n" },
  { "next-is-a-reply", DECODER_TEXT,
    "{\"id\":\"1\",\"type\":\"next\",\"payload\":{\"data\":{\"price\":7}}}", "graphql",
    "GraphQL next id 1 {\"data\":{\"price\":7}}", .fields = "gql.type=next\ngql.id=1\nreply=\"1\"\n" },
  { "error-has-a-list", DECODER_TEXT, "{\"id\":\"1\",\"type\":\"error\",\"payload\":[{\"message\":\"No\"},{\"message\":\"B\"}]}",
    "graphql", NULL, .fields = "gql.type=error\ngql.id=1\ngql.error=No\nreply=\"1\"\ngql.error says No\n",
    .subprotocol = "graphql-transport-ws" },
  { "error-of-the-connection", DECODER_TEXT, "{\"type\":\"connection_error\",\"payload\":{\"message\":\"No\"}}", "graphql", NULL,
    .fields = "gql.type=connection_error\ngql.error=No\ngql.error says No\n" },
  { "result-with-errors", DECODER_TEXT,
    "{\"id\":\"1\",\"type\":\"next\",\"payload\":{\"data\":null,\"errors\":[{\"message\":\"No\"}]}}", "graphql", NULL,
    .fields = "gql.type=next\ngql.id=1\ngql.error=No\nreply=\"1\"\ngql.error says No\n" },
  { "result-without-errors-in-its-list", DECODER_TEXT,
    "{\"id\":\"1\",\"type\":\"next\",\"payload\":{\"data\":{\"errors\":[1]},\"errors\":[]}}", "graphql", NULL,
    .fields = "gql.type=next\ngql.id=1\nreply=\"1\"\n" },
  { "name-with-a-line-below", DECODER_TEXT, "{\"type\":\"start\",\"payload\":{\"query\":\"query My_Op {a}\"}}", "graphql", NULL,
    .fields = "gql.type=start\ngql.op=My_Op\n" },
  { "blanks-before-the-operation", DECODER_TEXT, "{\"type\":\"start\",\"payload\":{\"query\":\" \\n mutation B {b}\"}}",
    "graphql", NULL, .fields = "gql.type=start\ngql.op=B\n" },
  { "operation-without-a-name", DECODER_TEXT, "{\"type\":\"start\",\"payload\":{\"query\":\"query{ab}\"}}", "graphql",
    "GraphQL start query{ab}", .fields = "gql.type=start\n" },
  { "query-without-an-operation", DECODER_TEXT, "{\"type\":\"start\",\"payload\":{\"query\":\"{ abc d }\"}}", "graphql",
    "GraphQL start { abc d }", .fields = "gql.type=start\n" },
  { "short-query", DECODER_TEXT, "{\"type\":\"start\",\"payload\":{\"query\":\"q\"}}", "graphql", "GraphQL start q",
    .fields = "gql.type=start\n" },
  { "query-of-blanks", DECODER_TEXT, "{\"type\":\"start\",\"payload\":{\"query\":\" \"}}", "graphql", "GraphQL start  ",
    .fields = "gql.type=start\n" },
  { "ping-by-its-subprotocol", DECODER_TEXT, "{\"type\":\"ping\"}", "graphql", "GraphQL ping",
    .fields = "gql.type=ping\n", .subprotocol = "graphql-transport-ws" },
  { "ping-of-another-protocol-is-json", DECODER_TEXT, "{\"type\":\"ping\"}", "json", .fields = "" },
  { "another-message-is-json-with-the-subprotocol-too", DECODER_TEXT, "{\"type\":7}", "json",
    .fields = "", .subprotocol = "graphql-ws" },
};

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define LONG HUNDRED HUNDRED HUNDRED

static const DecoderCase json_rpc[] = {
  { "request", DECODER_TEXT,
    "{\"jsonrpc\": \"2.0\", \"method\": \"subtract\", \"params\": [42, 23], \"id\": 1}", "json-rpc",
    "JSON-RPC request 1 subtract [42,23]", .fields = "rpc.id=1\nrpc.method=subtract\nrequest=1\n" },
  { "result-is-a-reply", DECODER_TEXT, "{\"jsonrpc\":\"2.0\",\"result\":19,\"id\":1}", "json-rpc",
    "JSON-RPC result 1 19", .fields = "rpc.id=1\nreply=1\n" },
  { "text-is-another-id-than-the-number", DECODER_TEXT, "{\"jsonrpc\":\"2.0\",\"result\":19,\"id\":\"1\"}", "json-rpc",
    "JSON-RPC result 1 19", .fields = "rpc.id=1\nreply=\"1\"\n" },
  { "error-has-its-code", DECODER_TEXT,
    "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32601,\"message\":\"Method not found\"},\"id\":\"x\"}", "json-rpc",
    "JSON-RPC error x -32601 Method not found", .fields = "rpc.id=x\nrpc.error=-32601\nreply=\"x\"\nrpc.error says Method not found\n" },
  { "error-without-a-text-says-its-code", DECODER_TEXT, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":\"E1\"},\"id\":1}", "json-rpc",
    .fields = "rpc.id=1\nrpc.error=E1\nreply=1\nrpc.error says E1\n" },
  { "SEC-115-text-of-an-error-is-escaped", DECODER_TEXT,
    "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"\\u202e\\u001b[2J\"},\"id\":1}", "json-rpc",
    .fields = "rpc.id=1\nrpc.error=1\nreply=1\nrpc.error says \\u{202e}\\x1b[2J\n" },
  { "notification-has-no-reply", DECODER_TEXT, "{\"jsonrpc\":\"2.0\",\"method\":\"update\",\"params\":{\"a\":1}}",
    "json-rpc", "JSON-RPC notification update {\"a\":1}", .fields = "rpc.method=update\n" },
  { "list-has-the-fields-of-all", DECODER_TEXT,
    "[{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1},{\"jsonrpc\":\"2.0\",\"method\":\"b\"}]", "json-rpc",
    "JSON-RPC list: request 1 a, notification b",
    .fields = "rpc.id=1\nrpc.method=a\nrpc.method=b\nrequest=1\n" },
  { "request-without-the-version", DECODER_TEXT, "{\"id\":1,\"method\":\"Page.enable\",\"sessionId\":\"A\"}", "json-rpc",
    "JSON-RPC request 1 Page.enable", .fields = "rpc.id=1\nrpc.method=Page.enable\nrequest=1\n" },
  { "result-without-the-version", DECODER_TEXT, "{\"result\":null,\"id\":3}", "json-rpc", "JSON-RPC result 3 null",
    .fields = "rpc.id=3\nreply=3\n" },
  { "error-without-the-version", DECODER_TEXT, "{\"id\":2,\"error\":{\"code\":-32000,\"message\":\"x\"}}", "json-rpc",
    "JSON-RPC error 2 -32000 x", .fields = "rpc.id=2\nrpc.error=-32000\nreply=2\nrpc.error says x\n" },
  { "notification-without-the-version", DECODER_TEXT, "{\"method\":\"a\",\"params\":[]}", "json-rpc",
    "JSON-RPC notification a []", .fields = "rpc.method=a\n" },
  { "result-without-the-version-with-a-text", DECODER_TEXT, "{\"id\":\"x\",\"result\":1}", "json-rpc",
    "JSON-RPC result x 1", .fields = "rpc.id=x\nreply=\"x\"\n" },
  { "first-of-equal-names", DECODER_TEXT, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":2,\"id\":3}", "json-rpc",
    "JSON-RPC result 1 2", .fields = "rpc.id=1\nreply=1\n" },
  { "texts-together-have-one-ellipsis", DECODER_TEXT, "{\"jsonrpc\":\"2.0\",\"method\":\"" LONG "\",\"params\":[" LONG "]}", "json-rpc",
    "JSON-RPC notification " HUNDRED HUNDRED TEN TEN TEN "0123… ", .fields = "rpc.method=" LONG "\n" },
  { "id-that-is-too-long-pairs-nothing", DECODER_TEXT, "{\"jsonrpc\":\"2.0\",\"id\":\"" LONG "\",\"result\":2}", "json-rpc",
    NULL, .fields = "rpc.id=" LONG "\n" },
  { "list-that-is-cut", DECODER_TEXT, "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"},{\"method\":\"b\"", "json-rpc",
    "JSON-RPC list: request 1 a, notification b", .fields = "rpc.id=1\nrpc.method=a\nrpc.method=b\nrequest=1\n" },
  { "call-with-an-error-is-json", DECODER_TEXT, "{\"id\":1,\"method\":\"a\",\"error\":{}}", "json", .fields = "" },
  { "result-with-parameters-is-json", DECODER_TEXT, "{\"id\":1,\"params\":[],\"result\":1}", "json", .fields = "" },
  { "another-name-is-json", DECODER_TEXT, "{\"method\":\"a\",\"id\":1,\"msg\":\"x\"}", "json", .fields = "" },
  { "id-alone-is-json", DECODER_TEXT, "{\"id\":1}", "json", .fields = "" },
  { "method-alone-is-json", DECODER_TEXT, "{\"method\":\"a\"}", "json", .fields = "" },
  { "result-alone-is-json", DECODER_TEXT, "{\"result\":1}", "json", .fields = "" },
  { "call-with-a-result-is-json", DECODER_TEXT, "{\"id\":1,\"method\":\"a\",\"result\":1}", "json", .fields = "" },
};

static const DecoderCase signalr[] = {
  { "handshake", DECODER_HEX_TEXT,
    "7b 22 70 72 6f 74 6f 63 6f 6c 22 3a 22 6a 73 6f 6e 22 2c 22 76 65 72 73 69 6f 6e 22 3a 31 7d 1e",
    "signalr", "SignalR handshake json", .fields = "signalr.type=handshake\n",
    .nodes = "records @0+32\n"
             "  object @0+31\n"
             "    protocol: string @12+6 = json\n"
             "    version: number @29+1 = 1\n" },
  { "invocation-is-a-request", DECODER_TEXT,
    "{\"type\":1,\"invocationId\":\"5\",\"target\":\"Send\",\"arguments\":[42]}\x1e", "signalr",
    "SignalR Invocation id 5 Send [42]",
    .fields = "signalr.type=Invocation\nsignalr.id=5\nsignalr.target=Send\nrequest=\"5\"\n" },
  { "completion-is-its-reply", DECODER_TEXT, "{\"type\":3,\"invocationId\":\"5\",\"error\":\"No\"}\x1e", "signalr",
    "SignalR Completion id 5 No",
    .fields = "signalr.type=Completion\nsignalr.id=5\nsignalr.error=No\nreply=\"5\"\nsignalr.error says No\n" },
  { "records-follow-each-other", DECODER_TEXT, "{\"type\":6}\x1e{\"type\":7}\x1e", "signalr",
    "SignalR Ping, Close", .fields = "signalr.type=Ping\nsignalr.type=Close\n" },
  { "type-below-all-others", DECODER_TEXT, "{\"type\":-1}\x1e", "signalr", "SignalR handshake",
    .fields = "signalr.type=handshake\n" },
  { "first-two-values-are-shown", DECODER_TEXT, "{\"type\":1,\"target\":\"T\",\"arguments\":[1],\"item\":2,\"result\":3}\x1e",
    "signalr", "SignalR Invocation T [1] 2", .fields = "signalr.type=Invocation\nsignalr.target=T\n" },
  { "pair-is-that-of-the-first", DECODER_TEXT,
    "{\"type\":1,\"invocationId\":\"1\",\"target\":\"a\"}\x1e{\"type\":1,\"invocationId\":\"2\",\"target\":\"b\"}\x1e",
    "signalr", "SignalR Invocation id 1 a, Invocation id 2 b",
    .fields = "signalr.type=Invocation\nsignalr.id=1\nsignalr.target=a\nsignalr.type=Invocation\nsignalr.id=2\n"
              "signalr.target=b\nrequest=\"1\"\n" },
};

static const DecoderCase stomp[] = {
  { "send", DECODER_HEX_TEXT,
    "53 45 4e 44 0a 64 65 73 74 69 6e 61 74 69 6f 6e 3a 2f 71 2f 61 0a 72 65 63 65 69 70 74 3a 37 0a 0a"
    " 7b 22 61 22 3a 31 7d 00", "stomp", "STOMP SEND /q/a receipt 7: {\"a\":1}",
    .fields = "stomp.command=SEND\nstomp.destination=/q/a\nstomp.receipt=7\nrequest=7\n",
    .nodes = "frames @0+41\n"
             "  frame @0+41 = SEND\n"
             "    destination: header @5+16 = /q/a\n"
             "    receipt: header @22+9 = 7\n"
             "    body: object @33+7\n"
             "      a: number @38+1 = 1\n" },
  { "receipt-is-a-reply", DECODER_HEX_TEXT, "52 45 43 45 49 50 54 0a 72 65 63 65 69 70 74 2d 69 64 3a 37 0a 0a 00",
    "stomp", "STOMP RECEIPT receipt 7", .fields = "stomp.command=RECEIPT\nstomp.receipt=7\nreply=7\n" },
  { "header-escapes-are-replaced", DECODER_TEXT, "ERROR\nmessage:a\\cb\\n\n\n", "stomp", "STOMP ERROR a:b\\n",
    .fields = "stomp.command=ERROR\nstomp.error=a:b\\n\nstomp.error says a:b\\n\n" },
  { "error-without-a-header-says-its-body", DECODER_TEXT, "ERROR\n\nNo\n", "stomp", "STOMP ERROR: No\\n",
    .fields = "stomp.command=ERROR\nstomp.error=No\\n\nstomp.error says No\\n\n" },
  { "header-of-an-error-in-another-frame-is-none", DECODER_TEXT, "SEND\nmessage:a\n\n", "stomp", "STOMP SEND",
    .fields = "stomp.command=SEND\n" },
  { "body-with-nul-by-its-length", DECODER_HEX_TEXT,
    "53 45 4e 44 0a 63 6f 6e 74 65 6e 74 2d 6c 65 6e 67 74 68 3a 33 0a 0a 61 00 62 00 0a", "stomp",
    "STOMP SEND: a\\x00b", .fields = "stomp.command=SEND\n" },
  { "line-ends-may-have-returns", DECODER_TEXT, "SUBSCRIBE\r\nid:0\r\ndestination:/t\r\n\r\n", "stomp",
    "STOMP SUBSCRIBE /t id 0", .fields = "stomp.command=SUBSCRIBE\nstomp.destination=/t\nstomp.id=0\n" },
  { "heartbeat-by-its-subprotocol", DECODER_TEXT, "\n", "stomp", "STOMP heartbeat", .fields = "",
    .subprotocol = "v12.stomp" },
  { "length-below-zero-is-none", DECODER_HEX_TEXT,
    "53 45 4e 44 0a 63 6f 6e 74 65 6e 74 2d 6c 65 6e 67 74 68 3a 2d 31 0a 0a 61 62 00", "stomp", "STOMP SEND: ab",
    .fields = "stomp.command=SEND\n" },
  { "length-that-is-no-number-is-none", DECODER_HEX_TEXT,
    "53 45 4e 44 0a 63 6f 6e 74 65 6e 74 2d 6c 65 6e 67 74 68 3a 78 0a 0a 61 62 00", "stomp", "STOMP SEND: ab",
    .fields = "stomp.command=SEND\n" },
  { "body-longer-than-its-length", DECODER_HEX_TEXT,
    "53 45 4e 44 0a 63 6f 6e 74 65 6e 74 2d 6c 65 6e 67 74 68 3a 31 0a 0a 61 62 00", "stomp",
    "STOMP SEND: a, and more frames",
    .nodes = "frames @0+26\n"
             "  frame @0+24 = SEND\n"
             "    content-length: header @5+16 = 1\n"
             "    body: text @23+1 = a\n"
             "  frame @24+2 = b\xef\xbf\xbd\n" },
  { "line-ends-after-a-frame", DECODER_HEX_TEXT, "53 45 4e 44 0a 0a 00 0d 0a", "stomp", "STOMP SEND",
    .nodes = "frames @0+9\n"
             "  frame @0+7 = SEND\n" },
  { "backslash-before-a-NUL", DECODER_HEX_TEXT, "45 52 52 4f 52 0a 6d 65 73 73 61 67 65 3a 61 5c 00 0a 0a", "stomp",
    NULL, .fields = "stomp.command=ERROR\nstomp.error=a\\\\\\x00\nstomp.error says a\\\\x00\n" },
  { "another-word-is-text", DECODER_TEXT, "SENDER\n\n", "text", .fields = "" },
};

static const DecoderCase wamp[] = {
  { "hello-without-a-subprotocol", DECODER_TEXT, "[1,\"realm1\",{\"roles\":{\"caller\":{}}}]", "wamp",
    "WAMP HELLO [1,\"realm1\",{\"roles\":{\"caller\":{}}}]", .fields = "wamp.type=HELLO\nwamp.uri=realm1\n" },
  { "call-is-a-request", DECODER_TEXT, "[48,7,{},\"com.add\",[1,2]]", "wamp",
    "WAMP CALL 7 [48,7,{},\"com.add\",[1,2]]",
    .fields = "wamp.type=CALL\nwamp.request=7\nwamp.uri=com.add\nrequest=7\n", .subprotocol = "wamp.2.json" },
  { "result-is-its-reply", DECODER_TEXT, "[50,7,{},[3]]", "wamp", "WAMP RESULT 7 [50,7,{},[3]]",
    .fields = "wamp.type=RESULT\nwamp.request=7\nreply=7\n", .subprotocol = "wamp.2.json" },
  { "error-is-a-reply-too", DECODER_TEXT, "[8,48,7,{},\"com.error\"]", "wamp",
    "WAMP ERROR 7 [8,48,7,{},\"com.error\"]",
    .fields = "wamp.type=ERROR\nwamp.request=7\nwamp.uri=com.error\nreply=7\n", .subprotocol = "wamp.2.json" },
  { "cancel-has-no-reply", DECODER_TEXT, "[49,7,{}]", "wamp", "WAMP CANCEL 7 [49,7,{}]",
    .fields = "wamp.type=CANCEL\nwamp.request=7\n", .subprotocol = "wamp.2.json" },
  { "realm-that-is-a-number", DECODER_TEXT, "[1,5,{\"roles\":{}}]", "wamp", "WAMP HELLO [1,5,{\"roles\":{}}]",
    .fields = "wamp.type=HELLO\n" },
  { "type-that-is-a-real-number", DECODER_TEXT, "[1.5,\"r\",{\"roles\":{}}]", "json", .fields = "" },
  { "batch-of-another-protocol-is-none", DECODER_TEXT, "[1,\"r\",{\"roles\":{}}]", "wamp", NULL,
    .nodes = "array @0+20 = HELLO\n"
             "  [0]: number @1+1 = 1\n"
             "  [1]: string @3+3 = r\n"
             "  [2]: object @7+12\n"
             "    roles: object @16+2\n", .subprotocol = "mine.batched" },
  { "list-of-numbers-is-json", DECODER_TEXT, "[48,7]", "json", .fields = "" },
};

/* Lists of autobahn 22.7.1's serializers. */
static const DecoderCase wamp_binary[] = {
  { "hello-of-msgpack-without-a-subprotocol", DECODER_HEX,
    "93 01 a6 72 65 61 6c 6d 31 81 a5 72 6f 6c 65 73 81 a6 63 61 6c 6c 65 72 81 a8 66 65 61 74 75 72 65 73 81 ac"
    " 63 61 6c 6c 5f 74 69 6d 65 6f 75 74 c3", "wamp",
    "WAMP HELLO [1, \"realm1\", {\"roles\": {\"caller\": {\"features\": {\"call_timeout\": true}}}}]",
    .fields = "wamp.type=HELLO\nwamp.uri=realm1\n" },
  { "hello-of-cbor-without-a-subprotocol", DECODER_HEX,
    "83 01 66 72 65 61 6c 6d 31 a1 65 72 6f 6c 65 73 a1 66 63 61 6c 6c 65 72 a1 68 66 65 61 74 75 72 65 73 a1 6c"
    " 63 61 6c 6c 5f 74 69 6d 65 6f 75 74 f5", "wamp",
    "WAMP HELLO [1, \"realm1\", {\"roles\": {\"caller\": {\"features\": {\"call_timeout\": true}}}}]",
    .fields = "wamp.type=HELLO\nwamp.uri=realm1\n" },
  { "call-in-msgpack-is-a-request", DECODER_HEX,
    "95 30 07 80 af 63 6f 6d 2e 65 78 61 6d 70 6c 65 2e 61 64 64 92 02 03", "wamp",
    "WAMP CALL 7 [48, 7, {}, \"com.example.add\", [2, 3]]",
    .fields = "wamp.type=CALL\nwamp.request=7\nwamp.uri=com.example.add\nrequest=7\n",
    .nodes = "array @0+23 = CALL\n"
             "  [0]: int @1+1 = 48\n"
             "  [1]: int @2+1 = 7\n"
             "  [2]: map @3+1 = 0 entries\n"
             "  [3]: str @4+16 = com.example.add\n"
             "  [4]: array @20+3 = 2 elements\n"
             "    [0]: int @21+1 = 2\n"
             "    [1]: int @22+1 = 3\n", .subprotocol = "wamp.2.msgpack" },
  { "result-in-cbor-is-its-reply", DECODER_HEX, "84 18 32 07 a0 81 05", "wamp", "WAMP RESULT 7 [50, 7, {}, [5]]",
    .fields = "wamp.type=RESULT\nwamp.request=7\nreply=7\n", .subprotocol = "wamp.2.cbor" },
  { "number-of-another-length-is-the-same-request", DECODER_HEX, "94 32 cd 00 07 80 91 05", "wamp",
    "WAMP RESULT 7 [50, 7, {}, [5]]", .fields = "wamp.type=RESULT\nwamp.request=7\nreply=7\n",
    .subprotocol = "wamp.2.msgpack" },
  { "error-in-cbor-is-a-reply-too", DECODER_HEX,
    "86 08 18 30 07 a0 78 1c 77 61 6d 70 2e 65 72 72 6f 72 2e 6e 6f 5f 73 75 63 68 5f 70 72 6f 63 65 64 75 72 65 81"
    " 6c 6e 6f 20 70 72 6f 63 65 64 75 72 65", "wamp",
    "WAMP ERROR 7 [8, 48, 7, {}, \"wamp.error.no_such_procedure\", [\"no procedure\"]]",
    .fields = "wamp.type=ERROR\nwamp.request=7\nwamp.uri=wamp.error.no_such_procedure\nreply=7\n",
    .subprotocol = "wamp.2.cbor" },
  { "batch-of-json-has-each-message", DECODER_HEX_TEXT,
    "5b 34 38 2c 37 2c 7b 7d 2c 22 63 6f 6d 2e 65 78 61 6d 70 6c 65 2e 61 64 64 22 2c 5b 32 2c 33 5d 5d 18"
    " 5b 35 30 2c 38 2c 7b 7d 2c 5b 35 5d 5d 18", "wamp",
    "WAMP CALL 7 [48,7,{},\"com.example.add\",[2,3]], RESULT 8 [50,8,{},[5]]",
    .fields = "wamp.type=CALL\nwamp.request=7\nwamp.uri=com.example.add\nwamp.type=RESULT\nwamp.request=8\n"
              "request=7\n", .subprotocol = "wamp.2.json.batched" },
  { "batch-of-msgpack-has-each-message", DECODER_HEX,
    "00 00 00 17 95 30 07 80 af 63 6f 6d 2e 65 78 61 6d 70 6c 65 2e 61 64 64 92 02 03 00 00 00 06 94 32 07 80 91 05",
    "wamp", "WAMP CALL 7 [48, 7, {}, \"com.example.add\", [2, 3]], RESULT 7 [50, 7, {}, [5]]",
    .nodes = "messages @0+37\n"
             "  array @4+23 = CALL\n"
             "    [0]: int @5+1 = 48\n"
             "    [1]: int @6+1 = 7\n"
             "    [2]: map @7+1 = 0 entries\n"
             "    [3]: str @8+16 = com.example.add\n"
             "    [4]: array @24+3 = 2 elements\n"
             "      [0]: int @25+1 = 2\n"
             "      [1]: int @26+1 = 3\n"
             "  array @31+6 = RESULT\n"
             "    [0]: int @32+1 = 50\n"
             "    [1]: int @33+1 = 7\n"
             "    [2]: map @34+1 = 0 entries\n"
             "    [3]: array @35+2 = 1 elements\n"
             "      [0]: int @36+1 = 5\n", .subprotocol = "wamp.2.msgpack.batched" },
  { "batch-of-cbor-has-each-message", DECODER_HEX,
    "00 00 00 18 85 18 30 07 a0 6f 63 6f 6d 2e 65 78 61 6d 70 6c 65 2e 61 64 64 82 02 03 00 00 00 07 84 18 32 07 a0"
    " 81 05", "wamp", "WAMP CALL 7 [48, 7, {}, \"com.example.add\", [2, 3]], RESULT 7 [50, 7, {}, [5]]",
    .subprotocol = "wamp.2.cbor.batched" },
  { "batch-of-json-with-another-separator", DECODER_TEXT, "[49,7,{}]\x1e[49,8,{}]\x1e", "wamp",
    "WAMP CANCEL 7 [49,7,{}], CANCEL 8 [49,8,{}]", .subprotocol = "wamp.2.json.batched" },
  { "list-that-is-cut", DECODER_HEX, "94 32 07 80", "wamp", "WAMP RESULT 7 [50, 7, {}…",
    .nodes = "array @0+4 = RESULT\n"
             "  [0]: int @1+1 = 50\n"
             "  [1]: int @2+1 = 7\n"
             "  [2]: map @3+1 = 0 entries\n"
             "  problem @4+0 = the bytes end within this value (at offset 4)\n", .subprotocol = "wamp.2.msgpack" },
  { "list-without-a-count", DECODER_HEX, "9f 18 32 07 a0 81 05 ff", "wamp", "WAMP RESULT 7 [50, 7, {}, [5]]",
    .fields = "wamp.type=RESULT\nwamp.request=7\nreply=7\n", .subprotocol = "wamp.2.cbor" },
  { "list-with-a-text-that-is-cut", DECODER_HEX, "85 18 30 63 61 62", "wamp", "WAMP CALL ab [48, \"ab\"…",
    .fields = "wamp.type=CALL\nwamp.request=ab\nrequest=\"ab\"\n", .subprotocol = "wamp.2.cbor" },
  { "values-after-the-list-are-not-in-it", DECODER_HEX, "93 30 07 80 a1 78", "wamp", NULL,
    .fields = "wamp.type=CALL\nwamp.request=7\nrequest=7\n", .subprotocol = "wamp.2.msgpack" },
  { "request-that-is-nil-pairs-nothing", DECODER_HEX, "94 32 c0 80 91 05", "wamp", "WAMP RESULT null [50, null, {}, [5]]",
    .fields = "wamp.type=RESULT\n", .subprotocol = "wamp.2.msgpack" },
  { "request-that-is-real-pairs-nothing", DECODER_HEX, "94 32 cb 3f f8 00 00 00 00 00 00 80 91 05", "wamp", NULL,
    .fields = "wamp.type=RESULT\nwamp.request=1.5\n", .subprotocol = "wamp.2.msgpack" },
  { "request-beyond-64-bits-with-a-sign-pairs-nothing", DECODER_HEX, "94 32 cf ff ff ff ff ff ff ff ff 80 91 05", "wamp", NULL,
    .fields = "wamp.type=RESULT\nwamp.request=1.84467e+19\n", .subprotocol = "wamp.2.msgpack" },
  { "roles-in-a-map-without-a-count", DECODER_HEX, "83 01 61 72 bf 65 72 6f 6c 65 73 a0 ff", "wamp",
    "WAMP HELLO [1, \"r\", {\"roles\": {}}]", .fields = "wamp.type=HELLO\nwamp.uri=r\n" },
  { "list-of-msgpack-without-a-subprotocol-is-msgpack", DECODER_HEX, "94 32 07 80 91 05", "msgpack", .fields = "" },
};

/* Records of the client of SignalR, @microsoft/signalr-protocol-msgpack 10.0.11. */
static const DecoderCase signalr_binary[] = {
  { "invocation-is-a-request", DECODER_HEX, "13 96 01 80 a1 35 a4 53 65 6e 64 92 2a a5 48 65 6c 6c 6f 90", "signalr",
    "SignalR Invocation id 5 Send [42, \"Hello\"]",
    .fields = "signalr.type=Invocation\nsignalr.id=5\nsignalr.target=Send\nrequest=\"5\"\n",
    .nodes = "records @0+20\n"
             "  array @1+19 = 6 elements\n"
             "    [0]: int @2+1 = 1\n"
             "    [1]: map @3+1 = 0 entries\n"
             "    [2]: str @4+2 = 5\n"
             "    [3]: str @6+5 = Send\n"
             "    [4]: array @11+8 = 2 elements\n"
             "      [0]: int @12+1 = 42\n"
             "      [1]: str @13+6 = Hello\n"
             "    [5]: array @19+1 = 0 elements\n" },
  { "invocation-without-id-has-no-reply", DECODER_HEX, "11 96 01 80 c0 a6 6e 6f 74 69 66 79 91 81 a1 61 01 90",
    "signalr", "SignalR Invocation notify [{\"a\": 1}]", .fields = "signalr.type=Invocation\nsignalr.target=notify\n" },
  { "completion-is-its-reply", DECODER_HEX, "07 95 03 80 a1 35 03 2b", "signalr", "SignalR Completion id 5 43",
    .fields = "signalr.type=Completion\nsignalr.id=5\nreply=\"5\"\n" },
  { "completion-without-a-result", DECODER_HEX, "06 94 03 80 a1 35 02", "signalr", "SignalR Completion id 5",
    .fields = "signalr.type=Completion\nsignalr.id=5\nreply=\"5\"\n" },
  { "completion-has-its-error", DECODER_HEX, "09 95 03 80 a1 35 01 a2 4e 6f", "signalr", "SignalR Completion id 5 No",
    .fields = "signalr.type=Completion\nsignalr.id=5\nsignalr.error=No\nreply=\"5\"\nsignalr.error says No\n" },
  { "stream-invocation-is-a-request", DECODER_HEX, "0e 96 04 80 a1 36 a5 43 6f 75 6e 74 91 03 90", "signalr",
    "SignalR StreamInvocation id 6 Count [3]",
    .fields = "signalr.type=StreamInvocation\nsignalr.id=6\nsignalr.target=Count\nrequest=\"6\"\n" },
  { "item-of-a-stream-is-no-reply", DECODER_HEX, "07 94 02 80 a1 36 a1 78", "signalr", "SignalR StreamItem id 6 x",
    .fields = "signalr.type=StreamItem\nsignalr.id=6\n" },
  { "records-follow-each-other", DECODER_HEX, "05 93 05 80 a1 36 02 91 06 03 92 07 c0", "signalr",
    "SignalR CancelInvocation id 6, Ping, Close",
    .fields = "signalr.type=CancelInvocation\nsignalr.id=6\nsignalr.type=Ping\nsignalr.type=Close\n" },
  { "handshake-in-a-binary-message", DECODER_HEX, "7b 7d 1e", "signalr", "SignalR handshake",
    .fields = "signalr.type=handshake\n" },
  { "ping-alone-is-no-signalr", DECODER_HEX, "02 91 06", "bytes", .fields = "" },
};

static const DecoderCase sockjs[] = {
  { "messages", DECODER_TEXT, "a[\"x\\n\",\"y\"]", "sockjs", "SockJS messages \"x\\n\", \"y\"",
    .fields = "sockjs.type=messages\nsockjs.message=x\\n\nsockjs.message=y\n",
    .nodes = "frame @0+12 = messages\n"
             "  array @1+11\n"
             "    [0]: string @2+5 = x\\n\n"
             "    [1]: string @8+3 = y\n" },
  { "open-by-its-path", DECODER_TEXT, "o", "sockjs", "SockJS open", .fields = "sockjs.type=open\n",
    .path = "/echo/123/abcdefgh/websocket" },
  { "close-has-its-code", DECODER_TEXT, "c[3000,\"Go away!\"]", "sockjs", "SockJS close [3000,\"Go away!\"]",
    .fields = "sockjs.type=close\n", .path = "/echo/123/abcdefgh/websocket" },
  { "list-of-the-client-by-its-path", DECODER_TEXT, "[\"hello\"]", "sockjs", "SockJS messages \"hello\"",
    .fields = "sockjs.type=messages\nsockjs.message=hello\n", .path = "/echo/123/abcdefgh/websocket" },
  { "close-has-no-messages", DECODER_TEXT, "c[\"x\"]", "sockjs", "SockJS close [\"x\"]", .fields = "sockjs.type=close\n",
    .path = "/echo/123/abcdefgh/websocket" },
  { "text-after-the-close", DECODER_TEXT, "c[1,\"Go\"] x", "sockjs", "SockJS close [1,\"Go\"]x",
    .fields = "sockjs.type=close\n", .path = "/echo/123/abcdefgh/websocket" },
  { "letter-alone-is-text", DECODER_TEXT, "o", "text", .fields = "" },
  { "each-message-is-what-it-is", DECODER_TEXT,
    "a[\"SUBSCRIBE\\nid:0\\ndestination:/t\\n\\n\\u0000\",\"hi\",\"{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"result\\\":19,\\\"id\\\":1}\"]",
    "sockjs", "SockJS messages STOMP SUBSCRIBE /t id 0, \"hi\", JSON-RPC result 1 19",
    .fields = "sockjs.type=messages\nsockjs.message=SUBSCRIBE\\nid:0\\ndestination:/t\\n\\n\\x00\nsockjs.message=hi\n"
              "sockjs.message={\"jsonrpc\":\"2.0\",\"result\":19,\"id\":1}\nstomp.command=SUBSCRIBE\n"
              "stomp.destination=/t\nstomp.id=0\nrpc.id=1\nreply=1\n",
    .nodes = "frame @0+98 = messages\n"
             "  array @1+97\n"
             "    [0]: string @2+43 = SUBSCRIBE\\nid:0\\ndestination:/t\\n\\n\357\277\275\n"
             "    [1]: string @46+4 = hi\n"
             "    [2]: string @51+46 = {\"jsonrpc\":\"2.0\",\"result\":19,\"id\":1}\n"
             "  stomp: frames @0+32\n"
             "    frame @0+32 = SUBSCRIBE\n"
             "      id: header @10+4 = 0\n"
             "      destination: header @15+14 = /t\n"
             "  json-rpc: object @0+36\n"
             "    jsonrpc: string @11+5 = 2.0\n"
             "    result: number @26+2 = 19\n"
             "    id: number @34+1 = 1\n" },
  { "frame-within-a-frame", DECODER_TEXT, "a[\"a[\\\"{\\\\\\\"a\\\\\\\":1}\\\"]\"]", "sockjs",
    "SockJS messages SockJS messages {\"a\":1}", .nodes = NULL },
};

#define SOCKJS_PATH .path = "/echo/123/abcdefgh/websocket"

static const DecoderScore scores[] = {
  { "packet-below-the-digits", DECODER_TEXT, "!", "socket.io", .score = WSI_SCORE_NONE },
  { "digit-of-no-packet", DECODER_TEXT, "7", "socket.io", .score = WSI_SCORE_NONE },
  { "message-without-a-type", DECODER_TEXT, "4", "socket.io", .score = WSI_SCORE_WEAK },
  { "dash-without-a-number-of-attachments", DECODER_TEXT, "45-[\"a\"]", "socket.io", .score = WSI_SCORE_WEAK },
  { "connect-with-an-object", DECODER_TEXT, "40{\"sid\":\"x\"}", "socket.io", .score = WSI_SCORE_SURE },
  { "connect-with-a-space", DECODER_TEXT, "40/admin,", "socket.io", .score = WSI_SCORE_SURE },
  { "connect-with-more-than-a-space", DECODER_TEXT, "40/admin,x", "socket.io", .score = WSI_SCORE_WEAK },
  { "connect-alone", DECODER_TEXT, "40", "socket.io", .score = WSI_SCORE_WEAK },
  { "error-with-a-text", DECODER_TEXT, "44\"no\"", "socket.io", .score = WSI_SCORE_SURE },
  { "disconnect-with-a-space", DECODER_TEXT, "41/admin,", "socket.io", .score = WSI_SCORE_SURE },
  { "disconnect-with-more-than-a-space", DECODER_TEXT, "41/admin,x", "socket.io", .score = WSI_SCORE_WEAK },
  { "disconnect-alone", DECODER_TEXT, "41", "socket.io", .score = WSI_SCORE_WEAK },

  { "blank-before-graphql", DECODER_TEXT, " {\"type\":\"ping\"}", "graphql", .score = WSI_SCORE_NONE },
  { "type-that-is-a-list", DECODER_TEXT, "{\"type\":[start]", "graphql", .score = WSI_SCORE_NONE },
  { "reply-with-data", DECODER_TEXT, "{\"id\":\"1\",\"type\":\"next\",\"payload\":{\"data\":1}}", "graphql", .score = WSI_SCORE_SURE },
  { "reply-without-data", DECODER_TEXT, "{\"id\":\"1\",\"type\":\"next\",\"payload\":{}}", "graphql", .score = WSI_SCORE_WEAK },
  { "reply-without-an-id", DECODER_TEXT, "{\"type\":\"next\",\"payload\":{\"data\":1}}", "graphql", .score = WSI_SCORE_WEAK },

  { "completion", DECODER_HEX, "06 94 03 80 a1 35 02", "signalr", .score = WSI_SCORE_SURE },
  { "length-of-six-bytes", DECODER_HEX, "80 80 80 80 80 01 91 06", "signalr", .score = WSI_SCORE_NONE },
  { "list-of-no-type", DECODER_HEX, "02 91 0a", "signalr", .score = WSI_SCORE_NONE },
  { "list-shorter-than-its-length", DECODER_HEX, "03 91 06 c0", "signalr", .score = WSI_SCORE_NONE },
  { "list-shorter-than-its-length-in-a-beginning", DECODER_HEX, "03 91 06 c0", "signalr", .score = WSI_SCORE_WEAK,
    .extent = WSI_EXTENT_BEGINNING },
  { "completion-without-headers", DECODER_HEX, "06 94 03 c0 a1 35 02", "signalr", .score = WSI_SCORE_WEAK },
  { "completion-whose-id-is-a-number", DECODER_HEX, "05 94 03 80 05 02", "signalr", .score = WSI_SCORE_WEAK },
  { "record-without-its-end", DECODER_TEXT, "{\"type\":1,\"target\":\"a\"}", "signalr", .score = WSI_SCORE_NONE },

  { "letter-and-more", DECODER_TEXT, "ox", "sockjs", .score = WSI_SCORE_NONE, SOCKJS_PATH },
  { "another-letter-and-more", DECODER_TEXT, "hx", "sockjs", .score = WSI_SCORE_NONE, SOCKJS_PATH },
  { "letter-without-a-list", DECODER_TEXT, "ab", "sockjs", .score = WSI_SCORE_NONE, SOCKJS_PATH },

  { "no-bytes", DECODER_TEXT, "", "stomp", .score = WSI_SCORE_NONE },
  { "line-end", DECODER_TEXT, "\n", "stomp", .score = WSI_SCORE_WEAK },
  { "line-end-with-a-return", DECODER_TEXT, "\r\n", "stomp", .score = WSI_SCORE_WEAK },
  { "two-line-ends", DECODER_TEXT, "\n\n", "stomp", .score = WSI_SCORE_WEAK },
  { "letter-and-a-line-end", DECODER_TEXT, "x\n", "stomp", .score = WSI_SCORE_NONE },
  { "return-alone", DECODER_TEXT, "\r", "stomp", .score = WSI_SCORE_NONE },
  { "line-end-and-a-letter", DECODER_TEXT, "\nx", "stomp", .score = WSI_SCORE_NONE },
  { "three-line-ends", DECODER_TEXT, "\n\n\n", "stomp", .score = WSI_SCORE_NONE },
  { "empty-line-and-a-command", DECODER_TEXT, "\nSEND\n\n", "stomp", .score = WSI_SCORE_NONE },
  { "command-alone", DECODER_TEXT, "SEND\n", "stomp", .score = WSI_SCORE_NONE },

  { "blank-before-wamp", DECODER_TEXT, " [1,\"r\",{\"roles\":{}}]", "wamp", .score = WSI_SCORE_NONE },
  { "roles-of-another-message", DECODER_TEXT, "[48,7,{\"roles\":{}}]", "wamp", .score = WSI_SCORE_WEAK },
  { "roles", DECODER_HEX, "83 01 61 72 a1 65 72 6f 6c 65 73 a0", "wamp", .score = WSI_SCORE_SURE },
  { "roles-in-bytes", DECODER_HEX, "83 01 61 72 a1 45 72 6f 6c 65 73 a0", "wamp", .score = WSI_SCORE_WEAK },
  { "half-of-roles", DECODER_HEX, "83 01 61 72 a1 62 72 6f a0", "wamp", .score = WSI_SCORE_WEAK },
  { "rules", DECODER_HEX, "83 01 61 72 a1 65 72 75 6c 65 73 a0", "wamp", .score = WSI_SCORE_WEAK },
  { "roles-after-another-member", DECODER_HEX, "83 01 61 72 a2 61 61 00 65 72 6f 6c 65 73 a0", "wamp", .score = WSI_SCORE_SURE },
};

static const DecoderCase forced_cases[] = {
  { "list-without-a-length-is-no-record", DECODER_HEX, "91 80 80 80 80", "signalr", NULL,
    .nodes = "records @0+5\n"
             "  text @0+5 = \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n" },
  { "number-in-a-batch", DECODER_HEX, "00 00 00 01 05", "wamp", NULL,
    .nodes = "messages @0+5\n"
             "  int @4+1 = 5\n", .subprotocol = "wamp.2.msgpack.batched" },
};

static const DecoderRepeat repeats[] = {
  { "records-of-signalr", DECODER_TEXT, "{\"type\":6}\x1e", 10000 },
  { "headers-of-stomp", DECODER_TEXT, "a:b\n", 10000 },
};

static const DecoderPages pages[] = {
  { "records-of-signalr", DECODER_TEXT, "", "{}\x1e", "", "signalr", 2100, .n_lines = 1 },
  { "frames-of-stomp", DECODER_HEX_TEXT, "", "53 45 4e 44 0a 0a 00", "", "stomp", 2100, .n_lines = 1 },
  { "batch-of-wamp", DECODER_TEXT, "", "[49]\x18", "", "wamp", 2100, .n_lines = 2, .subprotocol = "wamp.2.json.batched" },
  { "batch-of-wamp-in-cbor", DECODER_HEX, "", "00 00 00 03 81 18 31", "", "wamp", 2100, .n_lines = 2,
    .subprotocol = "wamp.2.cbor.batched" },
};

static const DecoderPath paths[] = {
  { "list-in-a-body-of-stomp", DECODER_HEX_TEXT, "53 45 4e 44 0a 0a 5b 37 5d 00", "stomp", { { NULL, 0 } }, 1, "json=7\n" },
  { "member-of-a-message-of-sockjs", DECODER_TEXT, "a[\"{\\\"a\\\":{\\\"b\\\":7}}\",\"x\"]", "sockjs",
    { { "a", 0 }, { "b", 0 } }, 2, "json=7\n" },
  { "member-of-a-body-in-sockjs", DECODER_TEXT, "a[\"SEND\\n\\n{\\\"a\\\":8}\\u0000\"]", "sockjs",
    { { "a", 0 } }, 1, "json=8\n" },
  { "element-of-wamp-in-msgpack", DECODER_HEX, "94 32 07 80 91 05", "wamp", { { NULL, 3 }, { NULL, 0 } }, 2,
    "msgpack=5\n" },
  { "element-of-wamp-in-cbor", DECODER_HEX, "84 18 32 07 a0 81 05", "wamp", { { NULL, 3 }, { NULL, 0 } }, 2,
    "cbor=5\n" },
  { "element-of-signalr-in-msgpack", DECODER_HEX, "07 95 03 80 a1 35 03 2b", "signalr", { { NULL, 4 } }, 1,
    "msgpack=43\n" },
};

/* Containers in each other, and the way to what is in the last one. */
static const struct
{
  const char   *decoder;
  const char   *begin, *middle, *end;
  WsiDecodeStep step;
  guint         n_more;         /* number of further steps in the last container */
} way_cases[] = {
  { "json", "[", "5", "]", { NULL, 0 }, 0 },
  { "xml", "<a>", "5", "</a>", { "a", 0 }, 0 },
  { "cbor", "\x81", "\x05", "", { NULL, 0 }, 0 },
  { "msgpack", "\x91", "\x05", "", { NULL, 0 }, 0 },
  { "protobuf", "\x0b", "\x08\x05", "\x0c", { NULL, 1 }, 1 },
};

static guint
count_found (gsize row,
             guint n_steps)
{
  g_autofree WsiDecodeStep *steps = g_new (WsiDecodeStep, n_steps);
  g_autoptr (WsiDescription) description = wsi_description_new (), found = wsi_description_new ();
  g_autoptr (GString) message = g_string_new (NULL);
  WsiDecodeInput input = { .form = WSI_MESSAGE_BINARY };
  const WsiDecoder *decoder = wsi_decoder_list_find (way_cases[row].decoder);
  guint n_containers = n_steps - way_cases[row].n_more;

  for (guint i = 0; i < n_steps; i++)
    steps[i] = way_cases[row].step;
  for (guint i = 0; i < n_containers; i++)
    g_string_append (message, way_cases[row].begin);
  g_string_append (message, way_cases[row].middle);
  for (guint i = 0; i < n_containers; i++)
    g_string_append (message, way_cases[row].end);
  input.at = (const guint8 *) message->str;
  input.length = message->len;
  wsi_decoder_list_describe (decoder, &input, description);
  wsi_decoder_list_find_path (decoder, &input, description, decoder->name, steps, n_steps, found);
  return found->fields->len;
}

static void
test_way (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);

  g_assert_cmpuint (count_found (row, 64), ==, 1);
  g_assert_cmpuint (count_found (row, 65), ==, 0);
}

/* A message whose beginning decides, because the rest is not looked at. */
static void
check_long (const char *begin,
            const char *end,
            const char *decoder)
{
  g_autoptr (GString) text = g_string_new (begin);
  WsiDecodeInput input = { .form = WSI_MESSAGE_TEXT };

  for (guint i = 0; i < 2 * WSI_PROBE_LENGTH; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, end);
  input.at = (const guint8 *) text->str;
  input.length = text->len;
  g_assert_cmpstr (wsi_decoder_list_guess (&input, NULL, NULL)->name, ==, decoder);
}

static void
test_long_record (void)
{
  check_long ("{\"type\":1,\"target\":\"Send\",\"arguments\":[\"", "\"]}\x1e", "signalr");
  check_long ("{\"type\":3,\"invocationId\":\"1\",\"result\":\"", "\"}\x1e", "signalr");
}

static void
test_long_other (void)
{
  check_long ("{\"type\":1,\"text\":\"", "\"}", "json");
  check_long ("{\"type\":10,\"target\":\"a\",\"text\":\"", "\"}", "json");
}

static void
test_settled (void)
{
  const WsiDecoder *settled = wsi_decoder_list_find ("sockjs");
  WsiDecodeInput input = { (const guint8 *) "[\"a\"]", 5, .form = WSI_MESSAGE_TEXT };

  g_assert_cmpstr (wsi_decoder_list_guess (&input, NULL, NULL)->name, ==, "json");
  g_assert_cmpstr (wsi_decoder_list_guess (&input, settled, NULL)->name, ==, "sockjs");
  input.at = (const guint8 *) "\"no\"";
  g_assert_cmpstr (wsi_decoder_list_guess (&input, settled, NULL)->name, ==, "text");
}

/* Each decoder of a format has a row of hints, and its subprotocol comes before its path. */
static void
test_hints (void)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoder_list_get_all (&n_decoders);

  for (gsize i = 0; i < n_decoders; i++)
    {
      const char *name = decoders[i]->name;
      g_autofree char *path = g_strdup_printf ("/%s/", name);

      g_test_message ("%s", name);
      if (g_str_equal (name, "text") || g_str_equal (name, "bytes"))
        continue;

      g_assert_cmpint (wsi_decoder_hints_find (decoders[i], NULL, path), ==, WSI_HINT_PATH);
      g_assert_cmpint (wsi_decoder_hints_find (decoders[i], "nothing", "/nothing"), ==,
                       WSI_HINT_NONE);
      g_assert_cmpint (wsi_decoder_hints_find (decoders[i], NULL, NULL), ==, WSI_HINT_NONE);
    }
  g_assert_cmpint (wsi_decoder_hints_find (wsi_decoder_list_find ("mqtt"), "mqtt", "/json"), ==,
                   WSI_HINT_SUBPROTOCOL);
  g_assert_cmpint (wsi_decoder_hints_find (wsi_decoder_list_find ("mqtt"), "mqt", "/a/mqtt?x"), ==,
                   WSI_HINT_PATH);
  g_assert_cmpint (wsi_decoder_hints_find (wsi_decoder_list_find ("mqtt"), NULL, "/mqttx"), ==,
                   WSI_HINT_NONE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  decoder_cases_add ("/inspector/socket-io", socket_io, G_N_ELEMENTS (socket_io));
  decoder_cases_add ("/inspector/graphql", graphql, G_N_ELEMENTS (graphql));
  decoder_cases_add ("/inspector/json-rpc", json_rpc, G_N_ELEMENTS (json_rpc));
  decoder_cases_add ("/inspector/signalr", signalr, G_N_ELEMENTS (signalr));
  decoder_cases_add ("/inspector/stomp", stomp, G_N_ELEMENTS (stomp));
  decoder_cases_add ("/inspector/wamp", wamp, G_N_ELEMENTS (wamp));
  decoder_cases_add ("/inspector/wamp-binary", wamp_binary, G_N_ELEMENTS (wamp_binary));
  decoder_cases_add ("/inspector/signalr-binary", signalr_binary, G_N_ELEMENTS (signalr_binary));
  decoder_cases_add ("/inspector/sockjs", sockjs, G_N_ELEMENTS (sockjs));
  decoder_cases_add_forced ("/inspector/protocols", forced_cases, G_N_ELEMENTS (forced_cases));
  decoder_cases_add_repeated ("/inspector/protocols", repeats, G_N_ELEMENTS (repeats));
  decoder_cases_add_scores ("/inspector/protocols", scores, G_N_ELEMENTS (scores));
  decoder_cases_add_pages ("/inspector/protocols", pages, G_N_ELEMENTS (pages));
  decoder_cases_add_paths ("/inspector/protocols", paths, G_N_ELEMENTS (paths));
  for (gsize i = 0; i < G_N_ELEMENTS (way_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/decoders/way-of-64-steps/%s",
                                               way_cases[i].decoder);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_way);
    }
  g_test_add_func ("/inspector/signalr/long/record-by-its-beginning", test_long_record);
  g_test_add_func ("/inspector/signalr/long/other-object-is-json", test_long_other);
  g_test_add_func ("/inspector/decoders/hints/each-decoder-has-them", test_hints);
  g_test_add_func ("/inspector/decoders/settled-one-holds-in-doubt-only", test_settled);

  return g_test_run ();
}
