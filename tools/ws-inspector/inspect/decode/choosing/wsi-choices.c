/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/choosing/wsi-choices.h"

#include "inspect/store/wsi-record.h"

typedef struct
{
  guint32           conversation;
  guint             direction;
  const WsiDecoder *decoder;
} Choice;

struct _WsiChoices
{
  GArray *choices;              /* choices of the user (Choice); the last one that fits is used */
};

WsiChoices *
wsi_choices_new (void)
{
  WsiChoices *self = g_new0 (WsiChoices, 1);

  self->choices = g_array_new (FALSE, FALSE, sizeof (Choice));
  return self;
}

void
wsi_choices_free (WsiChoices *self)
{
  g_array_unref (self->choices);
  g_free (self);
}

void
wsi_choices_copy (WsiChoices       *self,
                  const WsiChoices *other)
{
  g_array_set_size (self->choices, 0);
  g_array_append_vals (self->choices, other->choices->data, other->choices->len);
}

void
wsi_choices_set (WsiChoices       *self,
                 guint32           conversation,
                 guint             direction,
                 const WsiDecoder *decoder)
{
  Choice choice = { conversation, direction, decoder };

  for (guint i = 0; i < self->choices->len; i++)
    {
      Choice *old = &g_array_index (self->choices, Choice, i);

      if (old->conversation == conversation && old->direction == direction)
        g_array_remove_index (self->choices, i--);
    }
  g_array_append_val (self->choices, choice);
}

/* Finds a choice: one for a conversation precedes those for all. */
const WsiDecoder *
wsi_choices_find (const WsiChoices *self,
                  guint32           conversation,
                  guint             direction)
{
  const WsiDecoder *decoder = NULL;
  gboolean is_special = FALSE;

  for (guint i = 0; i < self->choices->len; i++)
    {
      const Choice *choice = &g_array_index (self->choices, Choice, i);

      if ((choice->conversation != 0 && choice->conversation != conversation) ||
          (choice->direction != WSI_NO_DIRECTION && choice->direction != direction) ||
          (is_special && choice->conversation == 0))
        continue;
      decoder = choice->decoder;
      is_special = choice->conversation != 0;
    }
  return decoder;
}
