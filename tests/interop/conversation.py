# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A conversation of our library with another one, in which either may serve and either may begin."""

import queue

from interop import events_of, named, ours

WE, THEY = "we", "they"
CLIENT, SERVER = "client", "server"


class Conversation:
    """Who of the two takes steps (WE or THEY), in which role the other library stands, and with what options."""

    def __init__(self, library, role, beginner, steps, our_options=(), their_options=()):
        self.library, self.role, self.beginner, self.steps = library, role, beginner, list(steps)
        self.our_options, self.their_options = list(our_options), list(their_options)
        self.our_events, self.their_events, self.complaints, self.never_came = [], [], [], []

    def path(self):
        return f"{self.library.name}-{self.role}/{self.beginner}-begin"

    def play(self):
        """Fills in what either side told; a server is waited for until it has told of the close."""
        ours_first = [(ours(), self.our_options, self.steps if self.beginner == WE else []),
                      (self.library, self.their_options, self.steps if self.beginner == THEY else [])]
        serving, asking = reversed(ours_first) if self.role == SERVER else ours_first
        server, port, _ = serving[0].server(*serving[1], *serving[2])
        client = asking[0].client(f"ws://localhost:{port}/", *asking[1], *asking[2])
        client_events = events_of(client)
        if named(client_events, "open") and (self.role == CLIENT or self.tells_of_close()):
            self.wait_for_close(server)
        server.stop()
        server.rest()
        both = [server.events(), client_events]
        self.our_events, self.their_events = both if self.role == CLIENT else reversed(both)
        self.complaints = [*client.errors, *server.errors]
        return self

    def wait_for_close(self, server):
        """What never comes is a fault of this conversation, not the end of the test."""
        try:
            server.wait_for_event("close")
        except (AssertionError, queue.Empty) as error:
            self.never_came.append(f"the server never told of a close: {error}")

    def tells_of_close(self):
        """libwebsockets never tells of the answer to a Close of its own."""
        return self.beginner == WE or self.library.name != "libwebsockets"

    def events_of_beginner(self):
        return self.our_events if self.beginner == WE else self.their_events

    def errors(self):
        return [*self.never_came, *(event["text"] for event in named(self.our_events + self.their_events, "error"))]
