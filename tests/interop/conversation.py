# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A conversation of libwsproto with another library, in which either may be the server and either may
begin."""

import queue

from interop import events_of, named, ours

WE, THEY = "we", "they"
CLIENT, SERVER = "client", "server"


class Conversation:
    """The library that takes steps (WE or THEY), the role of the other library, and the options of both."""

    def __init__(self, library, role, beginner, steps, our_options=(), their_options=()):
        self.library, self.role, self.beginner, self.steps = library, role, beginner, list(steps)
        self.our_options, self.their_options = list(our_options), list(their_options)
        self.our_events, self.their_events, self.complaints, self.missing = [], [], [], []

    def path(self):
        return f"{self.library.name}-{self.role}/{self.beginner}-begin"

    def play(self):
        """Collects the reports of both sides; a server is stopped after it has reported the close."""
        ours_first = [(ours(), self.our_options, self.steps if self.beginner == WE else []),
                      (self.library, self.their_options, self.steps if self.beginner == THEY else [])]
        serving, asking = reversed(ours_first) if self.role == SERVER else ours_first
        server, port, _ = serving[0].server(*serving[1], *serving[2])
        client = asking[0].client(f"ws://localhost:{port}/", *asking[1], *asking[2])
        client_events = events_of(client)
        if named(client_events, "open") and (self.role == CLIENT or self.reports_close()):
            self.wait_for_close(server)
        server.stop()
        server.rest()
        both = [server.events(), client_events]
        self.our_events, self.their_events = both if self.role == CLIENT else reversed(both)
        self.complaints = [*client.errors, *server.errors]
        return self

    def wait_for_close(self, server):
        """An event that is not received is a fault of this conversation, and does not end the test."""
        try:
            server.wait_for_event("close")
        except (AssertionError, queue.Empty) as error:
            self.missing.append(f"the server did not report a close: {error}")

    def reports_close(self):
        """libwebsockets does not report the reply to its own Close."""
        return self.beginner == WE or self.library.name != "libwebsockets"

    def events_of_beginner(self):
        return self.our_events if self.beginner == WE else self.their_events

    def errors(self):
        return [*self.missing, *(event["text"] for event in named(self.our_events + self.their_events, "error"))]
