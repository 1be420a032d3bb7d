#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""One of several servers that share rooms through a store, Redis or Valkey: server.py [PORT] [--store HOST:PORT] ...

The servers do not know each other.  A message is published by a script in the store, which adds it to the stream of its room
and to the feed, a stream that every server reads.  A message names the one before it in its room: a client that does not have
that one joins again, and is sent what it misses.  docs/guides/scaling.md has the protocol, and what happens when something breaks."""

import argparse
import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
import json
import logging
import os
import re
import signal
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

import gi
gi.require_version('Wsp', '1')
from gi.repository import GLib, Wsp

if TYPE_CHECKING:
    redis: Any                  # version 4 has no types
else:
    import redis.asyncio
    import redis.exceptions

HERE = os.path.dirname(os.path.abspath(__file__))
PAGES = {'/': ('text/html', 'page.html'), '/reconnect.js': ('text/javascript', '../../pages/reconnect.js')}
FEED = 'feed'
NOTHING = '0-0'                 # before the first message of a stream
MAX_ROOMS = 64                  # of a connection
MAX_UNDER_WAY = 64              # publishes of a connection
MAX_NAME = 256                  # bytes
MAX_ID = 64
MAX_BODY = 64 << 10
MAX_MESSAGE = 8 * MAX_BODY      # JSON may write a byte as \u0000
N_HISTORY = 100                 # messages that a client is sent without a place, and that are read at once
N_KEPT = 200                    # messages of the feed that a join waits with
N_BATCH = 256
N_STORE_CONNECTIONS = 8
BLOCK, WAIT = 1000, 1000        # milliseconds in which the store answers in any case
STORE_SECONDS = 5               # a store that is silent for longer is away
RETRY_SECONDS = 0.1
AWAY = redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, redis.exceptions.ReadOnlyError, OSError, asyncio.TimeoutError
ID_OF_STREAM = re.compile(r'(\d{1,20})-(\d{1,20})', re.ASCII)

log = logging.getLogger('rooms')


class Message(NamedTuple):
    n: str
    prev: str
    body: str

    def text(self, room: str) -> str:
        return json.dumps({'room': room, **self._asdict()})


class Refused(Exception):
    """What is refused, an id or a room, and why."""


class Gone(Exception):
    """The connection has ended before its answer."""


class Room:
    """A room with members at this server, or with joins under way."""

    def __init__(self) -> None:
        self.n_members = 0
        self.n_joins = 0
        self.kept: deque[Message] = deque(maxlen=N_KEPT)        # what the feed has brought while joins are under way


class Guest:
    """A connection, its rooms, and how many messages it may publish before the first of them is acknowledged."""

    def __init__(self, connection: Wsp.Connection):
        self.connection = connection
        self.rooms: set[str] = set()
        self.free = asyncio.Semaphore(MAX_UNDER_WAY)

    def is_open(self) -> bool:
        return self.connection.get_state() == Wsp.ConnectionState.OPEN

    def tell(self, **fields: object) -> None:
        """An answer that is lost with its connection is asked for again."""
        if self.is_open():
            try:
                self.connection.queue_text(json.dumps(fields))
            except Wsp.QueueFull:
                self.connection.close_async(Wsp.CloseCode.TRY_AGAIN_LATER, 'slow')


class Publish(NamedTuple):
    guest: Guest
    id: str
    room: str
    body: str

    def end(self, error: Optional[Exception]) -> None:
        self.guest.free.release()
        if error is None:
            self.guest.tell(ack=self.id)
        else:
            self.guest.tell(refused=self.id, why=str(error))


def read(name: str) -> str:
    with open(os.path.join(HERE, name), encoding='utf-8') as file:
        return file.read()


def number(n: str) -> tuple[int, ...]:
    return tuple(map(int, n.split('-')))


def messages_of(entries: Iterable[tuple[str, dict[str, str]]]) -> list[Message]:
    return [Message(n, fields['prev'], fields['body']) for n, fields in entries]


def stream_of(room: str) -> str:
    return f'room {room}'


def check_text(what: object, name: str, value: object, max_length: int) -> str:
    """The text of a client, which JSON may have given half of a surrogate pair."""
    if not isinstance(value, str):
        raise Refused(what, f'{name} is not a text')
    try:
        length = len(value.encode())
    except UnicodeEncodeError:
        raise Refused(what, f'{name} is not Unicode') from None
    if length > max_length:
        raise Refused(what, f'{name} has more than {max_length} bytes')
    return value


def check_place(room: str, last: object) -> Optional[str]:
    """None: the client has nothing of the room."""
    if last is None:
        return None
    match = ID_OF_STREAM.fullmatch(last) if isinstance(last, str) else None
    if match is None or max(map(int, match.groups())) >= 1 << 64:
        raise Refused(room, 'last is not the n of a message')
    return '-'.join(str(int(one)) for one in match.groups())


class Instance:
    def __init__(self, name: str, host: str, port: int):
        self.name = name
        self.server: Optional[Wsp.Server] = None
        self.rooms: dict[str, Room] = {}
        self.publishes: asyncio.Queue[Publish] = asyncio.Queue()
        self.place: Optional[str] = None        # of the last message that was read from the feed
        self.is_place_sure = True               # no error since then
        self.has_place = asyncio.Event()
        self.n_breaks = 0                       # of the feed
        self.is_away = False
        self.script = read('publish.lua')
        self.store: Any = redis.asyncio.Redis(connection_pool=redis.asyncio.BlockingConnectionPool(
            host=host, port=port, max_connections=N_STORE_CONNECTIONS, timeout=None, decode_responses=True,
            socket_timeout=STORE_SECONDS, socket_connect_timeout=STORE_SECONDS))

    # The store.

    def note(self, error: Optional[Exception]) -> None:
        if (error is not None) != self.is_away:
            log.warning('store is away: %s', error) if error is not None else log.warning('store is back')
        self.is_away = error is not None

    async def ask(self, call: Callable[[], Awaitable[Any]], is_wanted: Callable[[], bool] = lambda: True) -> Any:
        """What the store answers, as soon as it is there."""
        while is_wanted():
            try:
                answer = await call()
                self.note(None)
                return answer
            except AWAY as error:
                self.note(error)
            await asyncio.sleep(RETRY_SECONDS)
        raise Gone

    async def write(self) -> None:
        """Publishes what waits, together: the replicas are waited for once."""
        while True:
            batch = [await self.publishes.get()]
            while len(batch) < N_BATCH and not self.publishes.empty():
                batch.append(self.publishes.get_nowait())
            for publish, answer in zip(batch, await self.ask(lambda: self.try_write(batch))):
                publish.end(answer if isinstance(answer, Exception) else None)

    async def try_write(self, batch: list[Publish]) -> list[object]:
        """A script that ran without an answer runs again, and finds the id of its message."""
        role = await self.store.execute_command('ROLE')
        if role[0] != 'master':
            raise redis.exceptions.ConnectionError('not the master')
        n_replicas = len(role[2])
        pipeline = self.store.pipeline(transaction=False)
        for publish in batch:
            pipeline.eval(self.script, 3, f'id {json.dumps([publish.room, publish.id])}', stream_of(publish.room), FEED,
                          publish.room, publish.body)
        pipeline.execute_command('WAIT', n_replicas, WAIT)
        answers: list[object]
        *answers, n_written = await pipeline.execute(raise_on_error=False)
        for answer in *answers, n_written:
            if isinstance(answer, AWAY):
                raise answer
        if n_written < n_replicas:
            raise redis.exceptions.ConnectionError('a replica is behind')
        return answers

    async def read_history(self, room: str, last: Optional[str]) -> tuple[list[Message], bool]:
        """The messages behind the last one; or the newest ones, and that these do not follow it."""
        if last is not None:
            found = messages_of(await self.store.xrange(stream_of(room), last, '+', N_HISTORY + 1))
            if found and found[0].n == last:
                return found[1:], False
            if found and found[0].prev == last or not found and last == NOTHING:
                return found[:N_HISTORY], False
        found = messages_of(await self.store.xrevrange(stream_of(room), '+', '-', N_HISTORY))
        return found[::-1], last is not None

    # The feed.

    async def follow(self) -> None:
        while True:
            try:
                await self.read_feed()
                self.note(None)
            except (redis.exceptions.RedisError, OSError, asyncio.TimeoutError) as error:
                self.note(error)
                self.is_place_sure = False
                await asyncio.sleep(RETRY_SECONDS)

    async def find_end(self) -> str:
        newest = await self.store.xrevrange(FEED, '+', '-', 1)
        return str(newest[0][0]) if newest else NOTHING

    async def has_feed_place(self) -> bool:
        """A feed that was trimmed, forgotten, or is an older one, does not have the message at the place."""
        return self.place == NOTHING or len(await self.store.xrange(FEED, self.place, self.place)) > 0

    async def read_feed(self) -> None:
        if self.place is None:
            self.place = await self.find_end()
            self.has_place.set()
        found = await self.store.xread({FEED: self.place}, N_BATCH, BLOCK) if self.is_place_sure else None
        if found:
            for self.place, fields in found[0][1]:
                self.deliver(fields['room'], Message(fields['n'], fields['prev'], fields['body']))
        elif not await self.has_feed_place():
            self.place = await self.find_end()
            self.break_feed()
        self.is_place_sure = True

    def deliver(self, name: str, message: Message) -> None:
        room = self.rooms.get(name)
        if room is None:
            return
        if room.n_joins > 0:
            room.kept.append(message)
        if room.n_members > 0:
            self.publish(name, message.text(name))

    def publish(self, name: str, text: str) -> None:
        assert self.server is not None
        self.server.publish(name, text)

    def break_feed(self) -> None:
        """Messages may be missing: all members join again, and joins under way begin again."""
        log.warning('feed has lost its place: %d rooms join again', len(self.rooms))
        self.n_breaks += 1
        for name, room in self.rooms.items():
            room.kept.clear()
            self.publish(name, json.dumps({'room': name, 'again': True}))

    # Clients.

    async def join(self, guest: Guest, name: str, last: Optional[str]) -> None:
        """A member that joins again gets what it misses, though it may have been sent some of it."""
        if name not in guest.rooms and len(guest.rooms) >= MAX_ROOMS:
            raise Refused(name, f'more than {MAX_ROOMS} rooms')
        room = self.rooms.setdefault(name, Room())
        room.n_joins += 1
        try:
            await self.has_place.wait()
            await self.catch_up(guest, room, name, last)
        except redis.exceptions.ResponseError as error:
            raise Refused(name, str(error)) from None
        finally:
            room.n_joins -= 1
            if room.n_joins == 0:
                room.kept.clear()
            self.drop_if_empty(name, room)

    async def catch_up(self, guest: Guest, room: Room, name: str, last: Optional[str]) -> None:
        """From the history to the feed: nothing awaits between what the feed has brought and subscribe ()."""
        n_empty = 0
        while True:
            n_breaks = self.n_breaks
            found, is_reset = await self.ask(lambda: self.read_history(name, last), guest.is_open)
            if is_reset:
                guest.tell(room=name, reset=True)
            last = found[-1].n if found else NOTHING if is_reset or last is None else last
            for message in found:
                guest.connection.queue_text(message.text(name))
            if len(found) == N_HISTORY:
                await guest.connection.flush_async()
                continue
            kept = [message for message in room.kept if number(message.n) > number(last)]
            n_empty += not found
            # A store that has forgotten what the feed brought never reaches it.
            if n_breaks == self.n_breaks and (not kept or kept[0].prev == last or n_empty > 1):
                break
        for message in kept:
            guest.connection.queue_text(message.text(name))
        guest.tell(room=name, joined=kept[-1].n if kept else last)
        if name not in guest.rooms:
            guest.connection.subscribe(name)
            guest.rooms.add(name)
            room.n_members += 1

    def drop_if_empty(self, name: str, room: Room) -> None:
        if room.n_members == 0 and room.n_joins == 0:
            self.rooms.pop(name, None)

    async def obey(self, guest: Guest, data: object) -> None:
        try:
            request = json.loads(data) if isinstance(data, str) else None
        except (ValueError, RecursionError):
            request = None
        if not isinstance(request, dict) or ('join' in request) == ('publish' in request):
            raise Refused(None, 'not a JSON object with "join" or "publish"')
        if 'join' in request:
            name = check_text(request['join'], 'room', request['join'], MAX_NAME)
            await self.join(guest, name, check_place(name, request.get('last')))
        else:
            what = check_text(None, 'id', request.get('id'), MAX_ID)
            publish = Publish(guest, what, check_text(what, 'room', request['publish'], MAX_NAME),
                              check_text(what, 'body', request.get('body'), MAX_BODY))
            await guest.free.acquire()          # the connection is not read meanwhile
            self.publishes.put_nowait(publish)

    async def serve(self, connection: Wsp.Connection) -> None:
        guest = Guest(connection)
        guest.tell(instance=self.name)
        try:
            async for data in connection:
                try:
                    await self.obey(guest, data)
                except Refused as error:
                    what, why = error.args
                    guest.tell(refused=what, why=why)
                except Wsp.QueueFull:
                    await connection.close(Wsp.CloseCode.TRY_AGAIN_LATER, 'slow')
        except Gone:
            pass
        finally:
            for name in guest.rooms:
                room = self.rooms[name]
                room.n_members -= 1
                self.drop_if_empty(name, room)

    def answer_http(self, server: Wsp.Server, request: Wsp.HttpRequest) -> bool:
        """A server that is well without its store stays in service: its clients have nowhere to go that is better."""
        if request.path == '/healthz':
            request.respond(404 if server.draining else 200, None, f'{self.name}\n')
        elif request.path in PAGES:
            kind, path = PAGES[request.path]
            request.respond(200, {'Content-Type': f'{kind}; charset=utf-8'}, read(path))
        else:
            request.respond(404)
        return True


def drain(server: Wsp.Server, options: argparse.Namespace) -> asyncio.Task[None]:
    """Without a load balancer, clients come back to the socket that systemd keeps, and wait there for the next server."""
    lead = options.lead
    if options.systemd and options.direct:
        server.stop_accepting()
        lead = 0
    return asyncio.create_task(server.drain(1001, 'restart', lead=lead, spread=options.spread))


async def main(options: argparse.Namespace) -> None:
    host, _, port = options.store.rpartition(':')
    instance = Instance(options.name, host, int(port))
    own: dict[str, Any] = {'fds': 'LISTEN_FDS'} if options.systemd else {'host': options.host, 'port': options.port}
    if options.trusted_proxy:           # without it, heads of the PROXY protocol are of this machine
        own['trusted_proxies'] = options.trusted_proxy
    limits = Wsp.Limits(max_message_size=MAX_MESSAGE)
    server = await Wsp.serve(instance.serve, proxy_protocol=not options.direct, limits=limits,
                             max_connections=options.max_connections, allowed_hosts=options.allowed_host, **own)
    instance.server = server
    server.connect('http-request', instance.answer_http)
    tasks = [asyncio.create_task(one) for one in (instance.follow(), instance.write(), server.wait_closed())]
    drains: list[asyncio.Task[None]] = []
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: drains.append(drain(server, options)))
    print('port', server.port, flush=True)
    done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    for task in done:
        task.result()
    print('drained', flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description='A server of rooms that several servers share')
    parser.add_argument('port', nargs='?', type=int, default=8081)
    parser.add_argument('--host', default='127.0.0.1', help='the address on which it listens')
    parser.add_argument('--systemd', action='store_true', help='listens on the socket that systemd passes')
    parser.add_argument('--direct', action='store_true', help='without a load balancer that speaks the PROXY protocol')
    parser.add_argument('--trusted-proxy', action='append', default=[], help='an address of which X-Forwarded-For is believed')
    parser.add_argument('--allowed-host', action='append', default=[], help='a name of the service, where it listens on 127.0.0.1')
    parser.add_argument('--store', default='127.0.0.1:6379', help='HOST:PORT of the store, or of what finds its master')
    parser.add_argument('--name', default=os.uname().nodename, help='what clients are told')
    parser.add_argument('--max-connections', type=int, default=10000)
    parser.add_argument('--lead', type=float, default=1, help='seconds for the health check, before the first client leaves')
    parser.add_argument('--spread', type=float, default=4, help='seconds in which all clients leave')
    return parser.parse_args()


if __name__ == '__main__':
    logging.basicConfig(format='%(message)s', stream=sys.stderr)
    try:
        Wsp.run(main(parse()))
    except GLib.Error as error:
        sys.exit(error.message)
