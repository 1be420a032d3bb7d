/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-row.h"

#include "inspect/store/wsi-record.h"

struct _WsiRow
{
  GObject        parent_instance;

  WsiStore      *store;
  guint64        number;
  WsiRecord      record;        /* copy of the record: the store may drop its own */
  WspFrameRecord frame;
};

G_DEFINE_FINAL_TYPE (WsiRow, wsi_row, G_TYPE_OBJECT)

static void
wsi_row_finalize (GObject *object)
{
  g_clear_object (&WSI_ROW (object)->store);
  G_OBJECT_CLASS (wsi_row_parent_class)->finalize (object);
}

static void
wsi_row_class_init (WsiRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_row_finalize;
}

static void
wsi_row_init (WsiRow *self)
{
}

WsiRow *
wsi_row_new (WsiStore *store,
             guint64   number)
{
  guint reading = wsi_store_begin_reading (store);
  const WsiRecord *record = wsi_store_get_record (store, number);
  WsiRow *self = g_object_new (WSI_TYPE_ROW, NULL);

  self->store = g_object_ref (store);
  self->number = number;
  if (record != NULL)
    {
      self->record = *record;
      wsi_record_to_frame (record, &self->frame);
    }
  wsi_store_end_reading (store, reading);
  return self;
}

WsiStore *
wsi_row_get_store (WsiRow *self)
{
  return self->store;
}

guint64
wsi_row_get_number (WsiRow *self)
{
  return self->number;
}

guint32
wsi_row_get_conversation (WsiRow *self)
{
  return self->record.conversation;
}

const WsiRecord *
wsi_row_get_record (WsiRow *self)
{
  return &self->record;
}

const WspFrameRecord *
wsi_row_get_frame (WsiRow *self)
{
  return &self->frame;
}

GBytes *
wsi_row_dup_payload (WsiRow *self,
                     gsize   max_length)
{
  return wsi_store_dup_payload (self->store, self->number, WSI_VIEW_INFLATED, max_length);
}
