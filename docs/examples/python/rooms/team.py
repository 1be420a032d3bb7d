# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Starts servers behind HAProxy, a store with a replica, and clients that count; breaks one of them; says what clients saw.

run shows it to a person, and tests use it."""

from collections.abc import Callable, Iterator
import ctypes
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import Any, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.dirname(os.path.dirname(HERE))
PORTS = range(20000, 32000)     # below those that the system gives to sockets that connect
NAMES = 'abc'
BACKLOG = 4096
SLOT_SECONDS = 0.1
LEAD, SPREAD = 1, 4             # seconds
PATIENCE_SECONDS = 300
SETTLE_SECONDS = 60             # until a message that was acknowledged and has not come is lost
AWAY = 'store is away'           # in the log of a server
PR_SET_PDEATHSIG = 1
MAX_FILES = 65536
PROGRAMS = {'haproxy': ('haproxy',), 'redis-server': ('redis-server', 'valkey-server')}

Event = list[Any]
Popen = Callable[..., 'subprocess.Popen[str]']


def find(program: str) -> Optional[str]:
    """The path of a program or of what replaces it; Debian has servers in /usr/sbin."""
    path = os.pathsep.join([os.environ.get('PATH', os.defpath), '/usr/sbin'])
    return next(filter(None, (shutil.which(name, path=path) for name in PROGRAMS[program])), None)


def free_ports(number: int) -> list[int]:
    """Ports without a listener."""
    found: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(('127.0.0.1', port))
            except OSError:
                continue
        found.append(port)
        if len(found) == number:
            return found
    raise OSError('no port is free')


def wait_until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)


def read_end(path: str) -> str:
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()[-2000:]
    except FileNotFoundError:
        return ''


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]


class Moves:
    """The moves of clients, from their events."""

    def __init__(self, events: list[Event]):
        self.closes = [more[:2] for _, name, _, *more in events if name == 'disconnected']
        self.failures = [more for _, name, _, *more in events if name == 'failed']
        self.times: list[float] = []
        self.downtimes: list[float] = []
        ended: dict[int, float] = {}
        for i, name, when, *_ in events:
            if name == 'disconnected':
                ended[i] = when
            elif name == 'connected' and i in ended:
                self.times.append(when)
                self.downtimes.append(when - ended.pop(i))
        self.n_lost = len(ended)

    def busiest(self) -> tuple[int, float]:
        """The slot with most clients, and the mean of all slots."""
        times, most, first = sorted(self.times), 0, 0
        for last, when in enumerate(times):
            while when - times[first] > SLOT_SECONDS:
                first += 1
            most = max(most, last + 1 - first)
        return most, len(times) * SLOT_SECONDS / max(times[-1] - times[0], SLOT_SECONDS) if times else 0

    def __str__(self) -> str:
        if not self.closes:
            return 'no client left'
        codes = sorted({code for code, _ in self.closes})
        if not self.downtimes:
            return f'{len(self.closes)} left with {codes}, {self.n_lost} are away'
        times = ', '.join(f'p{percent} {percentile(self.downtimes, percent) * 1000:.0f}' for percent in (50, 99))
        most, mean = self.busiest()
        return (f'{len(self.downtimes)} moved after {", ".join(map(str, codes))}, away for {times} ms, busiest 100 ms {most}, mean '
                f'{mean:.1f}{f", {self.n_lost} are away" if self.n_lost else ""}')


class Processes:
    def __init__(self, folder: str, popen: Popen = subprocess.Popen, environment: Optional[dict[str, str]] = None):
        self.folder, self.popen, self.environment = folder, popen, environment
        self.processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.end()

    def spawn(self, *command: object, **options: Any) -> 'subprocess.Popen[str]':
        """A process that ends with this one, however this one ends."""
        parent = os.getpid()
        prctl = ctypes.CDLL(None).prctl
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        n_files = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)

        def follow_parent() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (n_files, hard))
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        process = self.popen(list(map(str, command)), env=self.environment, text=True, preexec_fn=follow_parent, **options)
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(PATIENCE_SECONDS)

    def logs(self) -> Iterator[str]:
        """The ends of all logs."""
        for name in sorted(os.listdir(self.folder)):
            if name.endswith('.log'):
                for line in read_end(os.path.join(self.folder, name)).splitlines():
                    yield f'{name}: {line}'


class Haproxy:
    """The socket on which it listens outlives it, so that a reload refuses nobody."""

    def __init__(self, team: 'Team', ports: list[int], stores: dict[str, int], store_ports: list[int]):
        self.team = team
        self.listener = socket.create_server(('127.0.0.1', team.front), backlog=BACKLOG)
        self.port = team.front
        self.control = os.path.join(team.folder, 'control')
        self.log = os.path.join(team.folder, 'haproxy.log')
        self.files = [self.write('haproxy.cfg', self.read(os.path.join(EXAMPLES, 'haproxy.cfg')), ports)]
        if stores:
            text = self.read(os.path.join(HERE, 'store.cfg'))
            head, _, listen = text.partition('listen store\n')
            blocks = [f'listen store-{name}\n{listen}'.replace(':6400', f':{port}') for name, port in stores.items()]
            text = ''.join([head, *blocks])
            for old, new in zip((6379, 6380), store_ports):
                text = text.replace(f':{old}', f':{new}')
            self.files.append(self.write('store.cfg', text, []))
        self.process: Optional[subprocess.Popen[str]] = None

    def read(self, path: str) -> str:
        with open(path, encoding='ascii') as file:
            return file.read()

    def write(self, name: str, text: str, ports: list[int]) -> str:
        text = text.replace('bind :8080', f'bind fd@{self.listener.fileno()}')
        for i, port in enumerate(ports):
            text = text.replace(f'127.0.0.1:{8081 + i}', f'127.0.0.1:{port}')
        if ports:
            text = f'global\n  stats socket {self.control} mode 600 level admin expose-fd listeners\n{text}'
        path = os.path.join(self.team.folder, name)
        with open(path, 'w', encoding='ascii') as file:
            file.write(text)
        return path

    def start(self) -> None:
        """A second one takes over from the first one, which goes on for its clients."""
        old = ['-sf', str(self.process.pid), '-x', self.control] if self.process is not None else []
        files = [part for path in self.files for part in ('-f', path)]
        with open(self.log, 'a', encoding='utf-8') as log:
            process = self.process = self.team.spawn(find('haproxy') or 'haproxy', *files, '-db', *old,
                                                     pass_fds=[self.listener.fileno()], stdout=subprocess.DEVNULL, stderr=log)
        wait_until(lambda: process.poll() is not None or f'Pid: {process.pid}\n' in self.ask('show info'), 'HAProxy starts')
        if process.poll() is not None:
            raise RuntimeError(f'HAProxy does not start: {read_end(self.log)}')

    def reload(self) -> None:
        self.start()
        for name in NAMES:
            self.wait_for(name)

    def ask(self, command: str) -> str:
        try:
            with socket.socket(socket.AF_UNIX) as control:
                control.connect(self.control)
                control.sendall(command.encode() + b'\n')
                with control.makefile() as answer:
                    return answer.read()
        except (FileNotFoundError, ConnectionError):
            return ''

    def has_state(self, backend: str, server: str, state: str) -> bool:
        return re.search(rf'^{backend},{server},.*,{state}[ ,]', self.ask('show stat'), re.M) is not None

    def wait_for(self, server: str, state: str = 'UP', backend: str = 'servers') -> None:
        wait_until(lambda: self.has_state(backend, server, state), f'HAProxy: {server} of {backend} is {state}')


class Server:
    """A program that listens at a port, says so, and drains at SIGTERM."""

    def __init__(self, team: 'Team', name: str, port: int, *command: object):
        self.team, self.name, self.port, self.command = team, name, port, command
        self.process: Optional[subprocess.Popen[str]] = None
        self.log = os.path.join(team.folder, f'{name}.log')

    def start(self) -> None:
        with open(self.log, 'a', encoding='utf-8') as log:
            self.process = self.team.spawn(sys.executable, *self.command, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout is not None
        if not self.process.stdout.readline():
            raise RuntimeError(f'server {self.name} does not start: {read_end(self.log)}')
        self.team.haproxy.wait_for(self.name)

    def count_in_log(self, text: str) -> int:
        with open(self.log, encoding='utf-8', errors='replace') as log:
            return log.read().count(text)

    def send(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def end(self, number: int) -> bool:
        """True: it has drained."""
        assert self.process is not None
        self.send(number)
        text, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        self.process.wait(PATIENCE_SECONDS)
        return text == 'drained\n' and self.process.returncode == 0


class StoreServer:
    def __init__(self, team: 'Processes', port: int):
        self.team, self.port = team, port
        self.folder = os.path.join(team.folder, str(port))
        self.log = os.path.join(team.folder, f'store-{port}.log')
        self.process: Optional[subprocess.Popen[str]] = None

    def start(self, *options: object) -> None:
        """With appendfsync "no" it writes before it answers; "everysec" may write later."""
        os.makedirs(self.folder, exist_ok=True)
        self.process = self.team.spawn(
            find('redis-server') or 'redis-server', '--port', self.port, '--bind', '127.0.0.1', '--dir', self.folder, '--save', '',
            '--appendonly', 'yes', '--appendfsync', 'no', '--repl-diskless-sync-delay', 0, '--logfile', self.log, *options)
        process = self.process
        wait_until(lambda: process.poll() is not None or self.ask('PING').startswith('+PONG'), f'store at port {self.port}')
        if process.poll() is not None:
            raise RuntimeError(f'the store does not start: {read_end(self.log)}')

    def ask(self, command: str) -> str:
        try:
            with socket.create_connection(('127.0.0.1', self.port)) as stream:
                stream.sendall(f'{command}\r\nQUIT\r\n'.encode())
                with stream.makefile() as answer:
                    return answer.read()
        except ConnectionError:
            return ''

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def forget(self) -> None:
        self.kill()
        shutil.rmtree(self.folder)


class Store:
    """A master and its replica."""

    def __init__(self, team: 'Processes', ports: list[int]):
        self.master, self.replica = (StoreServer(team, port) for port in ports)

    def start(self) -> None:
        self.master.start()
        self.start_replica()

    def start_replica(self) -> None:
        self.replica.start('--replicaof', f'127.0.0.1 {self.master.port}')
        self.wait_for_replica()

    def wait_for_replica(self) -> None:
        wait_until(lambda: 'state=online' in self.master.ask('INFO replication'), 'the replica follows')

    def restart(self, seconds: float) -> None:
        self.master.kill()
        time.sleep(seconds)
        self.master.start()
        self.wait_for_replica()

    def forget(self) -> None:
        self.replica.forget()
        self.master.forget()
        self.start()

    def promote(self) -> None:
        """The old master comes back as a replica; as a master it would take messages that the other one does not know."""
        self.master.kill()
        # The replica first reads all that the master has sent.
        wait_until(lambda: 'master_link_status:down' in self.replica.ask('INFO replication'), 'the replica has lost its master')
        self.replica.ask('REPLICAOF NO ONE')
        self.master, self.replica = self.replica, self.master
        self.start_replica()


class Crowd:
    """Clients in a process of their own, see crowd.py."""

    def __init__(self, team: 'Team', number: int, n_rooms: int = 0, seconds: float = 4):
        self.number, self.n_rooms = number, n_rooms
        self.process = team.spawn(sys.executable, os.path.join(HERE, 'crowd.py'), f'ws://127.0.0.1:{team.haproxy.port}/', number,
                                  n_rooms, seconds, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.events: list[Event] = []
        self.counts: dict[str, Any] = {'open': 0}

    def tell(self, command: str) -> dict[str, Any]:
        """What is known now."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f'{command}\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError('the clients have ended')
        self.counts = json.loads(line)
        if command == 'mark':
            self.events = []
        self.events += self.counts['events']
        return self.counts

    def are_open(self) -> bool:
        counts = self.tell('poll')
        return bool(counts['open'] == self.number and (self.n_rooms == 0 or counts['joined'] == self.number))

    def wait_until_open(self) -> None:
        wait_until(self.are_open, f'all of {self.number} clients are open')

    def take_events(self) -> list[Event]:
        """When all are open again."""
        self.wait_until_open()
        events, self.events = self.events, []
        return events

    def wait_for_published(self) -> None:
        """Until as many messages as there are clients were published from now on."""
        before = self.tell('poll')['published']
        wait_until(lambda: bool(self.tell('poll')['published'] >= before + self.number), 'clients publish')

    def is_settled(self) -> bool:
        counts = self.tell('poll')
        return bool(counts['published'] == counts['acknowledged'] + counts['refused'] and counts['holes'] == 0)

    def settle(self, seconds: float = SETTLE_SECONDS) -> dict[str, Any]:
        """Stops publishing, and waits for what is still to come, but not for what never comes."""
        self.tell('stop')
        self.wait_until_open()
        end = time.monotonic() + seconds
        while not self.is_settled() and time.monotonic() < end:
            time.sleep(0.02)
        return self.counts

    def instances(self) -> dict[str, int]:
        """How many clients are at which instance."""
        instances: dict[str, int] = self.tell('poll')['instances']
        return instances

    def busiest(self) -> str:
        """The instance with most clients."""
        instances = self.instances()
        return max(instances, key=lambda name: instances[name])

    def end(self) -> bool:
        self.process.communicate('', timeout=PATIENCE_SECONDS)
        return self.process.wait(PATIENCE_SECONDS) == 0


class Team(Processes):
    """HAProxy, three servers, and for those of the rooms a store."""

    def __init__(self, folder: str, popen: Popen = subprocess.Popen, environment: Optional[dict[str, str]] = None,
                 times: tuple[float, float] = (LEAD, SPREAD), has_rooms: bool = True, max_connections: int = 10000):
        super().__init__(folder, popen, environment)
        self.front, *ports = free_ports(1 + 3 + 3 + 2)
        stores = dict(zip(NAMES, ports[3:6])) if has_rooms else {}
        self.store = Store(self, ports[6:]) if has_rooms else None
        self.haproxy = Haproxy(self, ports[:3], stores, ports[6:])
        self.servers = {name: self.make_server(name, port, times, stores, max_connections) for name, port in zip(NAMES, ports)}

    def make_server(self, name: str, port: int, times: tuple[float, float], stores: dict[str, int], max_connections: int) -> Server:
        if not stores:
            milliseconds = [round(time * 1000) for time in (*times, 5)]
            return Server(self, name, port, os.path.join(EXAMPLES, 'python', 'behind_haproxy.py'), port, *milliseconds)
        return Server(self, name, port, os.path.join(HERE, 'server.py'), port, '--name', name, '--store', f'127.0.0.1:{stores[name]}',
                      '--lead', times[0], '--spread', times[1], '--max-connections', max_connections)

    def start(self) -> None:
        if self.store is not None:
            self.store.start()
        self.haproxy.start()
        for server in self.servers.values():
            server.start()

    def restart(self) -> Iterator[bool]:
        """One server after the other; yields whether it has drained."""
        for server in self.servers.values():
            has_drained = server.end(signal.SIGTERM)
            server.start()
            yield has_drained

    def cut(self, name: str) -> None:
        """Cuts a server from its store, and the connections that it has there; returns when the server knows."""
        n_before = self.servers[name].count_in_log(AWAY)
        self.haproxy.ask(f'disable frontend store-{name}')
        for server in 'first', 'second':
            self.haproxy.ask(f'shutdown sessions server store-{name}/{server}')
        wait_until(lambda: self.servers[name].count_in_log(AWAY) > n_before, f'{name} has no store')

    def mend(self, name: str) -> None:
        self.haproxy.ask(f'enable frontend store-{name}')
