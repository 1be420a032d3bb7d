/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-selected-rows.h"

#include "inspect/show/models/wsi-row-set.h"
#include "inspect/store/wsi-store.h"

#define NONE G_MAXUINT64
#define FEW 16                  /* rows of a model for each selected one, below which all are looked
                                 * at */

/* GTK selects the rows between two, and does not say which of the two was selected last: it is not
 * the one that was selected before.  If it selects all rows, the last one stays. */
struct _WsiSelectedRows
{
  WsiRowSet *numbers;
  guint64    last;              /* row that was selected last; NONE = no row is */
  guint64    anchor;            /* row that was selected or unselected alone last */
};

WsiSelectedRows *
wsi_selected_rows_new (void)
{
  WsiSelectedRows *self = g_new0 (WsiSelectedRows, 1);

  self->numbers = wsi_row_set_new ();
  self->last = self->anchor = NONE;
  return self;
}

void
wsi_selected_rows_free (WsiSelectedRows *self)
{
  wsi_row_set_free (self->numbers);
  g_free (self);
}

void
wsi_selected_rows_clear (WsiSelectedRows *self)
{
  wsi_row_set_remove (self->numbers, 0, G_MAXUINT64);
  self->last = self->anchor = NONE;
}

/* Finds the last row: if it is not selected any more, the next selected one is. */
static void
find_last (WsiSelectedRows *self)
{
  if (self->last == NONE || wsi_row_set_contains (self->numbers, self->last))
    return;

  if (!wsi_row_set_find (self->numbers, self->last, &self->last) &&
      !wsi_row_set_find_before (self->numbers, self->last, &self->last))
    self->last = NONE;
}

typedef void (*ChangeFunc) (WsiRowSet *numbers,
                            guint64    first,
                            guint64    end);

/* Numbers that follow each other are changed at once: in a list of all rows, all of them. */
static void
selected_rows_change (WsiSelectedRows *self,
                      WsiFrameModel   *model,
                      guint            position,
                      guint            n,
                      ChangeFunc       function)
{
  guint64 first = NONE, end = NONE;

  for (guint i = 0; i < n; i++)
    {
      guint64 number = wsi_frame_model_get_number (model, position + i);

      if (number != end)
        {
          if (first != NONE)
            function (self->numbers, first, end);
          first = number;
        }
      end = number + 1;
    }
  if (first != NONE)
    function (self->numbers, first, end);
}

/* The part of n rows from a position on that the model has. */
static guint
cut_range (WsiFrameModel *model,
           guint          position,
           guint          n)
{
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (model));

  return position < n_rows ? MIN (n, n_rows - position) : 0;
}

void
wsi_selected_rows_select (WsiSelectedRows *self,
                          WsiFrameModel   *model,
                          guint            position,
                          guint            n,
                          WsiSelectMode    mode)
{
  gboolean has_last = self->last != NONE;
  guint64 first, last;

  n = cut_range (model, position, n);
  if (mode == WSI_SELECT_ONLY)
    wsi_row_set_remove (self->numbers, 0, G_MAXUINT64);
  if (n == 0)
    {
      find_last (self);
      return;
    }

  selected_rows_change (self, model, position, n, wsi_row_set_add);
  first = wsi_frame_model_get_number (model, position);
  last = wsi_frame_model_get_number (model, position + n - 1);
  if (n == 1)
    self->anchor = last;
  if (n == 1 || !has_last || n < g_list_model_get_n_items (G_LIST_MODEL (model)))
    self->last = last == self->anchor ? first : last;
  find_last (self);
}

void
wsi_selected_rows_unselect (WsiSelectedRows *self,
                            WsiFrameModel   *model,
                            guint            position,
                            guint            n)
{
  n = cut_range (model, position, n);
  if (n == 0)
    return;

  selected_rows_change (self, model, position, n, wsi_row_set_remove);
  if (n == 1)
    self->anchor = wsi_frame_model_get_number (model, position);
  find_last (self);
}

void
wsi_selected_rows_forget (WsiSelectedRows *self,
                          guint64          first)
{
  wsi_row_set_remove (self->numbers, 0, first);
  find_last (self);
}

/* The last frame of its message so far is the row of the message. */
static guint64
find_row_of_message (WsiStore *store,
                     guint64   number)
{
  guint reading = wsi_store_begin_reading (store);
  const WsiRecord *record = wsi_store_get_record (store, number);
  guint32 message = record != NULL && (record->flags & WSI_RECORD_FRAGMENT) != 0
                    ? record->message : 0;
  WsiMessageInfo info;

  wsi_store_end_reading (store, reading);
  return message != 0 && wsi_store_get_message (store, message, &info) ? info.last : number;
}

void
wsi_selected_rows_add_messages (WsiSelectedRows *self,
                                WsiStore        *store)
{
  guint64 number;

  for (guint64 from = 0; wsi_row_set_find (self->numbers, from, &number); from = number + 1)
    {
      guint64 row = find_row_of_message (store, number);

      wsi_row_set_add (self->numbers, row, row + 1);
      if (self->last == number)
        self->last = row;
    }
}

void
wsi_selected_rows_set_last (WsiSelectedRows *self,
                            guint64          number)
{
  if (wsi_row_set_contains (self->numbers, number))
    self->last = number;
}

gboolean
wsi_selected_rows_has (WsiSelectedRows *self,
                       guint64          number)
{
  return wsi_row_set_contains (self->numbers, number);
}

gboolean
wsi_selected_rows_get_last (WsiSelectedRows *self,
                            guint64         *number)
{
  if (self->last == NONE)
    return FALSE;

  *number = self->last;
  return TRUE;
}

guint64
wsi_selected_rows_count_all (WsiSelectedRows *self)
{
  return wsi_row_set_count (self->numbers, 0, G_MAXUINT64);
}

/* Whether the model has a row with this number. */
static gboolean
selected_rows_is_shown (WsiFrameModel *model,
                        guint64        number)
{
  guint position;

  return wsi_frame_model_find (model, number, &position) &&
         wsi_frame_model_get_number (model, position) == number;
}

guint
wsi_selected_rows_count (WsiSelectedRows *self,
                         WsiFrameModel   *model)
{
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (model)), n = 0;
  guint64 number;

  if (wsi_selected_rows_count_all (self) < n_rows / FEW)
    {
      for (guint64 from = 0; wsi_row_set_find (self->numbers, from, &number); from = number + 1)
        n += selected_rows_is_shown (model, number);
      return n;
    }

  for (guint i = 0; i < n_rows; i++)
    n += wsi_row_set_contains (self->numbers, wsi_frame_model_get_number (model, i));
  return n;
}

GArray *
wsi_selected_rows_dup (WsiSelectedRows *self,
                       WsiFrameModel   *model)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (model));

  for (guint i = 0; i < n_rows; i++)
    {
      guint64 number = wsi_frame_model_get_number (model, i);

      if (wsi_row_set_contains (self->numbers, number))
        g_array_append_val (numbers, number);
    }
  return numbers;
}
