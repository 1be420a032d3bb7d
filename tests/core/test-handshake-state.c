/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/handshake-state.h"

#include "header-lines.h"
#include "lib/tap.h"

#include <stdlib.h>

static void
test_lists (void)
{
  WscHandshakeState *state = wsc_handshake_state_new ();
  uint8_t *first = memcpy (malloc (4), "chat", 4), *second = memcpy (malloc (7), "v2.chat", 7);
  const WscBytes none = { NULL, 0 };
  const WscBytes elements[] = { { first, 4 }, { second, 7 } };
  bool has_memory = wsc_handshake_state_add_list (state, "Two", elements, 2, none,
                                                  &state->subprotocols) &&
                    wsc_handshake_state_add_list (state, "One", elements, 1, none,
                                                  &state->extensions);

  memset (first, 'x', 4);
  free (first);
  free (second);
  wsc_handshake_state_add (state, "Upgrade", wsc_text ("websocket"));
  tap_point (has_memory && headers_are (state->headers, state->n_headers,
                                        "Two: chat, v2.chat\nOne: chat\nUpgrade: websocket\n"),
             "/core/handshake-state/list/is-a-copy-joined-in-order");
  wsc_handshake_state_free (state);
}

static void
test_last_element (void)
{
  WscHandshakeState *state = wsc_handshake_state_new ();
  const WscBytes element = wsc_text ("foo"), last = wsc_text ("bar");

  tap_point (wsc_handshake_state_add_list (state, "Both", &element, 1, last,
                                           &state->subprotocols) &&
             wsc_handshake_state_add_list (state, "Alone", NULL, 0, last, &state->extensions) &&
             headers_are (state->headers, state->n_headers, "Both: foo, bar\nAlone: bar\n"),
             "/core/handshake-state/list/last-one-is-after-the-others");
  wsc_handshake_state_free (state);
}

static void
test_empty_list (void)
{
  WscHandshakeState *state = wsc_handshake_state_new ();
  const WscBytes none = { NULL, 0 };

  tap_point (wsc_handshake_state_add_list (state, "None", NULL, 0, none, &state->subprotocols) &&
             state->n_headers == 0 && state->subprotocols == NULL,
             "/core/handshake-state/list/WS-28-without-elements-is-no-header");
  wsc_handshake_state_free (state);
  wsc_handshake_state_free (NULL);
}

int
main (void)
{
  test_lists ();
  test_last_element ();
  test_empty_list ();
  return tap_end ();
}
