// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Declarations of what the override adds to the namespace.

type Data = string | Uint8Array;
type Sendable = Data | ArrayBuffer | ArrayBufferView | GLib.Bytes | Message;
type HeaderFields = Headers | [string, string | number][] | Iterable<[string, string | number]> | Record<string, string | number>;
type Pieces<T> = Iterable<T> | AsyncIterable<T>;

interface Options {
    cancellable?: Gio.Cancellable | null;
}

interface ReceiveOptions extends Options {
    /** Milliseconds; 0 = none. */
    timeout?: number;
}

interface CompressOptions {
    /** False: not compressed, even if compression was negotiated. */
    compress?: boolean;
}

interface SendOptions extends CompressOptions {
    /** True: ahead of whole messages that wait. */
    urgent?: boolean;
}

interface GroupOptions extends SendOptions {
    /** A connection that is not sent the message. */
    exclude?: Connection | null;
}

/** Options of connect (), and properties of the new client and of its limits. */
interface ConnectOptions extends Options, ClientProperties, LimitsProperties {
    subprotocols?: string[] | null;
    headers?: HeaderFields | null;
    client?: Client | null;
    /** Milliseconds from the call to an open connection; 0 = no limit. */
    timeout?: number;
    /** Called before anything is sent, to set a token, say. If it throws, the handshake is rejected with status 503. */
    prepare?: ((handshake: Handshake) => void | Promise<void>) | null;
}

/** Options of reconnect (), and properties of the reconnector and of the new client. */
interface ReconnectOptions extends Omit<ConnectOptions, 'cancellable' | 'uri'>, Omit<ReconnectorProperties, 'client' | 'headers' | 'subprotocols' | 'uri'> {
    /** Asked after a failed attempt; without it the reconnector decides. */
    should_retry?: ((error: GLib.Error) => boolean) | null;
    shouldRetry?: ((error: GLib.Error) => boolean) | null;
}

/** Options of serve (), and properties of the new server and of its limits. */
interface ServeOptions extends ServerProperties, LimitsProperties {
    /** A path to listen on. */
    unix?: string | null;
    /** Sockets that listen already. */
    sockets?: Iterable<Gio.Socket> | null;
    /** Descriptors of sockets that listen already; 'LISTEN_FDS' = those of a service manager. */
    fds?: Iterable<number> | 'LISTEN_FDS' | null;
    /** True: each connection begins with a head of the PROXY protocol, at all of these places. */
    proxy_protocol?: boolean;
    proxyProtocol?: boolean;
    /** A server to use instead of a new one. Without a place to listen on, it listens only where it listens already. */
    server?: Server | null;
    /** Called with the request of each client: only true lets the client in. */
    request?: ((handshake: Handshake) => boolean | void | Promise<boolean | void>) | null;
    /** Called with each request of ordinary HTTP that no page has taken. */
    http_request?: PageHandler | null;
    httpRequest?: PageHandler | null;
}

/** Responds to the request. */
type PageHandler = (request: HttpRequest) => boolean | void | Promise<boolean | void>;

/** Handlers of connections by their routes ('/rooms/{room}'), and of pages ('GET /healthz'). */
interface Routes {
    [route: `/${string}`]: (connection: Connection) => unknown;
    [page: `GET /${string}`]: PageHandler;
}

/** The chunks of one message. */
interface Chunks extends AsyncIterableIterator<Uint8Array> {
    /** Known with the first chunk; null after the end of the connection. */
    readonly message_type: MessageType | null;
}

/** One message that is written in pieces. The first piece waits for the end of the messages in pieces that have begun before. */
interface Writer {
    /** That of begin (). */
    readonly message_type: MessageType;
    /** Writes all of the data, and waits while more than send-high-water-mark is queued. */
    write(data: string | Uint8Array | ArrayBuffer | GLib.Bytes, options?: Options): Promise<void>;
    /** Ends the message. */
    close(options?: Options): Promise<void>;
}

/** The error of a call when the connection is closed: Wsp.Error.CLOSED or ABNORMAL_CLOSURE. */
interface ClosedError extends GLib.Error {
    /** The code of the peer's Close; 1005 = a Close without a code, 1006 = no Close was received. */
    readonly close_code: number;
    readonly close_reason: string | null;
}

/** The error of connect () and reconnect () when a handshake was refused: Wsp.Error.HANDSHAKE. */
interface RefusedError extends GLib.Error {
    /** Of the response; 0 = there was none. */
    readonly status: number;
    readonly headers: Headers | null;
    readonly body: Uint8Array;
}

interface Connection extends AsyncIterable<Data> {
    /** Null: the connection is not one of a server, or has ended. */
    readonly server: Server | null;
    /** The next message. Rejects after the end of the connection. */
    recv(options?: ReceiveOptions): Promise<Data>;
    /** The messages as objects of the library. */
    messages(): AsyncIterableIterator<Message>;
    /** Queues a message, and waits while more than send-high-water-mark is queued. Pieces become one message. */
    send(data: Sendable | Pieces<string> | Pieces<Uint8Array>, options?: SendOptions): Promise<void>;
    /** The time that a ping took, in milliseconds. */
    ping(payload?: string | Uint8Array | GLib.Bytes | null, options?: Options): Promise<number>;
    /** Makes the closing handshake, and resolves when the connection has ended, however it did. */
    close(code?: number, reason?: string | null, options?: Options): Promise<void>;
    /** The next message in chunks. */
    stream(options?: Options): Chunks;
    /** A message whose end is not known yet. */
    begin(type?: MessageType, options?: CompressOptions): Writer;
    /** Joins a topic of the server, which ends with its last member. */
    subscribe(topic: string): void;
    /** True: the connection had subscribed to the topic. */
    unsubscribe(topic: string): boolean;
}

interface Connection {
    /** Null: not measured. */
    readonly rtt_milliseconds: number | null;
    readonly rttMilliseconds: number | null;
}

interface Reconnector {
    /** GLib.get_monotonic_time () in milliseconds; null: no attempt is scheduled. */
    readonly next_attempt_milliseconds: number | null;
    readonly nextAttemptMilliseconds: number | null;
}

interface MessageStream extends AsyncIterable<Uint8Array> {}

interface Server {
    /** The port of the first listener on TCP; 0 = there is none. */
    readonly port: number;
    /** Stops accepting, closes all connections, and waits for their handlers. */
    close(code?: number, reason?: string | null, options?: Options & {grace?: number}): Promise<void>;
    /** Sends the clients to other servers, one after the other within spread, and then ends as close () does. */
    drain(code?: number, reason?: string | null, options?: Options & {lead?: number, spread?: number, grace?: number}): Promise<void>;
    /** Resolves when close () or drain () has ended. */
    wait_closed(): Promise<void>;
    /** Sends a message to all connections; returns the number of connections that queued the message. */
    broadcast(message: Message | string | Uint8Array, options?: GroupOptions): number;
    /** Sends a message to the subscribers of a topic. */
    publish(topic: string, message: Message | string | Uint8Array, options?: GroupOptions): void;
}

/** The members, as those of a Set. */
interface Group extends Iterable<Connection> {
    /** The number of members. */
    readonly size: number;
    /** True: the connection is a member. */
    has(connection: Connection): boolean;
    /** Sends a message to all members. */
    broadcast(message: Message | string | Uint8Array, options?: GroupOptions): void;
}

/** The name and the value of each field. */
interface Handshake {
    /** The first cookie of this name, as it was sent; null if there is none. */
    cookie(name: string): string | null;
    /** The first value of this name in the query, decoded; null if there is none. */
    query_value(name: string): string | null;
    /** The value of a parameter of the route, decoded; null if the route has no such parameter. */
    path_value(name: string): string | null;
}

interface HttpRequest {
    /** The first cookie of this name, as it was sent; null if there is none. */
    cookie(name: string): string | null;
    /** The first value of this name in the query, decoded; null if there is none. */
    query_value(name: string): string | null;
    /** The value of a parameter of the route, decoded; null if the route has no such parameter. */
    path_value(name: string): string | null;
}

/** Header fields by name, and a loop over their names and values. */
interface Headers extends Iterable<[string, string]> {
    /** The values of all fields of this name, joined with commas; null if there is none. */
    get(name: string): string | null;
    has(name: string): boolean;
}

/** Runs an async function in a main loop until its promise is settled; returns its value, or throws what it threw. */
function run<T>(main: PromiseLike<T> | (() => PromiseLike<T>)): T;
/** Connects to a server. */
function connect(uri: string, options?: ConnectOptions): Promise<Connection>;
/** A loop over connections, each of which is closed at the end of its turn. */
function reconnect(uri: string, options?: ReconnectOptions): AsyncIterableIterator<Connection>;
/** Sends a message to some connections; returns the number of connections that queued the message. */
function broadcast(connections: Iterable<Connection> | Gio.ListModel, message: Message | string | Uint8Array, options?: SendOptions): number;
/** Serves at the places of its arguments. A connection is closed when its handler has ended. */
function serve(handler: ((connection: Connection) => unknown) | Routes | Map<string, (subject: any) => unknown>, host?: string | null, port?: number, options?: ServeOptions): Server;

interface OpenEvent {
    readonly type: string;
    readonly target: WebSocket;
    readonly currentTarget: WebSocket;
}

interface MessageEvent extends OpenEvent {
    readonly data: string | ArrayBuffer;
    readonly origin: string;
}

interface CloseEvent extends OpenEvent {
    readonly code: number;
    readonly reason: string;
    readonly wasClean: boolean;
}

interface ErrorEvent extends OpenEvent {
    readonly message: string;
    readonly error: Error;
}

interface WebSocketEvents {
    open: OpenEvent;
    error: ErrorEvent;
    message: MessageEvent;
    close: CloseEvent;
}

type WebSocketListener<E> = ((event: E) => unknown) | {handleEvent(event: E): unknown};

/** The WebSocket of browsers. */
class WebSocket {
    static readonly CONNECTING: 0;
    static readonly OPEN: 1;
    static readonly CLOSING: 2;
    static readonly CLOSED: 3;
    constructor(url: string, protocols?: string | string[]);
    readonly CONNECTING: 0;
    readonly OPEN: 1;
    readonly CLOSING: 2;
    readonly CLOSED: 3;
    readonly url: string;
    readonly readyState: 0 | 1 | 2 | 3;
    readonly bufferedAmount: number;
    readonly extensions: string;
    readonly protocol: string;
    binaryType: 'arraybuffer';
    onopen: WebSocketListener<OpenEvent> | null;
    onerror: WebSocketListener<ErrorEvent> | null;
    onmessage: WebSocketListener<MessageEvent> | null;
    onclose: WebSocketListener<CloseEvent> | null;
    send(data: string | ArrayBuffer | ArrayBufferView | GLib.Bytes): void;
    close(code?: number, reason?: string): void;
    addEventListener<K extends keyof WebSocketEvents>(type: K, listener: WebSocketListener<WebSocketEvents[K]> | null, options?: {once?: boolean}): void;
    removeEventListener<K extends keyof WebSocketEvents>(type: K, listener: WebSocketListener<WebSocketEvents[K]> | null): void;
    dispatchEvent(event: {type: string}): boolean;
}
