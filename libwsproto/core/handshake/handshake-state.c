/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Handshake state: the headers that the begin of a handshake returned, and their memory.
 *
 * Nothing is checked here: callers check what they add.
 *
 * (1) There is room for every header that a handshake sets.
 * (2) Each list text is allocated once.
 */

#include "core/handshake/handshake-state.h"

#include "core/handshake/token-list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

WscHandshakeState *
wsc_handshake_state_new (void)
{
  WscHandshakeState *self = malloc (sizeof *self);

  if (self == NULL)
    return NULL;

  *self = (WscHandshakeState) { .n_headers = 0 };
  return self;
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
  assert (self->n_headers < WSC_MAX_HANDSHAKE_HEADERS);       /* (1) */
  self->headers[self->n_headers++] = (WscHeader) { wsc_text (name), value };
}

static size_t
joined_length (const WscBytes *elements,
               size_t          n_elements,
               WscBytes        last)
{
  size_t length = last.length + 1;      /* one more byte for the NUL */

  for (size_t i = 0; i < n_elements; i++)
    length += 2 + elements[i].length;
  return length;
}

static size_t
handshake_state_add_element (uint8_t *text,
                             size_t   at,
                             WscBytes element)
{
  if (at > 0)
    {
      memcpy (text + at, ", ", 2);
      at += 2;
    }
  memcpy (text + at, element.at, element.length);
  return at + element.length;
}

bool
wsc_handshake_state_add_list (WscHandshakeState *self,
                              const char        *name,
                              const WscBytes    *elements,
                              size_t             n_elements,
                              WscBytes           last,
                              uint8_t          **text)
{
  size_t at = 0;

  if (n_elements == 0 && last.length == 0)
    return true;

  assert (*text == NULL);                               /* (2) */
  *text = malloc (joined_length (elements, n_elements, last));
  if (*text == NULL)
    return false;

  for (size_t i = 0; i < n_elements; i++)
    at = handshake_state_add_element (*text, at, elements[i]);
  if (last.length > 0)
    at = handshake_state_add_element (*text, at, last);
  (*text)[at] = '\0';
  wsc_handshake_state_add (self, name, (WscBytes) { *text, at });
  return true;
}
