/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Handshake state: the headers that a begin returned, and the memory behind them.
 *
 * Judges nothing; who adds has checked what he adds.
 *
 * (1) There is room for every header that a handshake sets.
 * (2) A list text is owned once.
 */

#include "core/handshake/handshake-state.h"

#include "core/handshake/token-list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

WscHandshakeState *
wsc_handshake_state_new (void)
{
  return calloc (1, sizeof (WscHandshakeState));
}

void
wsc_handshake_state_free (WscHandshakeState *self)
{
  if (self == NULL)
    return;

  free (self->subprotocols);
  free (self->extensions);
  free (self);
}

void
wsc_handshake_state_add (WscHandshakeState *self,
                         const char        *name,
                         WscBytes           value)
{
  assert (self->n_headers < WSC_MAX_OWN_HEADERS);       /* (1) */
  self->headers[self->n_headers++] = (WscHeader) { wsc_text (name), value };
}

static size_t
joined_length (const WscBytes *elements,
               size_t          n_elements)
{
  size_t length = 2 * (n_elements - 1);

  for (size_t i = 0; i < n_elements; i++)
    length += elements[i].length;
  return length;
}

bool
wsc_handshake_state_add_list (WscHandshakeState *self,
                              const char        *name,
                              const WscBytes    *elements,
                              size_t             n_elements,
                              uint8_t          **text)
{
  size_t length, at = 0;

  if (n_elements == 0)
    return true;

  assert (*text == NULL);                               /* (2) */
  length = joined_length (elements, n_elements);
  *text = malloc (length);
  if (*text == NULL)
    return false;

  for (size_t i = 0; i < n_elements; i++)
    {
      if (i > 0)
        {
          memcpy (*text + at, ", ", 2);
          at += 2;
        }
      memcpy (*text + at, elements[i].at, elements[i].length);
      at += elements[i].length;
    }
  wsc_handshake_state_add (self, name, (WscBytes) { *text, length });
  return true;
}
