/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/wsi-har-cutter.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define BLOCK (64 * 1024)
#define MAX_KEY 32

/* Depths inside these brackets: the file's object, log, entries, an entry. */
#define DEPTH_FILE 1
#define DEPTH_LOG 2
#define DEPTH_ENTRIES 3
#define DEPTH_ENTRY 4
#define DEPTH_EXTRAS 5          /* depth of _wsinspect in an entry */

/* The parts that enclose the place; each is inside the one before it, but for the last two. */
typedef enum
{
  INSIDE_NOTHING = 0,
  INSIDE_LOG = 1 << 0,
  INSIDE_ENTRIES = 1 << 1,
  INSIDE_ENTRY = 1 << 2,
  INSIDE_EXTRAS = 1 << 3,
  INSIDE_MESSAGES = 1 << 4,
  INSIDE_MESSAGE = 1 << 5,
} Inside;

struct _WsiHarCutter
{
  GInputStream *stream;
  guint8        block[BLOCK];
  gsize         n_block, at;
  gsize         n_copied;       /* bytes of the block that need not be copied any more */
  guint64       n_before;       /* bytes of the file before the block */

  Inside        inside;
  guint64       depth;
  guint64       array_depth;    /* depth inside the array of messages */
  gboolean      is_control;     /* the array of messages has control frames */
  gboolean      is_lost;        /* the message is too long, so it is left out */
  gboolean      is_in_string, is_escaped;
  gboolean      is_key;         /* the last string is a key, whose value comes next */
  char          key[MAX_KEY];
  guint         n_key;
  gboolean      has_entries, has_ended;

  WsiHarEntry   entry;
};

WsiHarCutter *
wsi_har_cutter_new (GInputStream *stream)
{
  WsiHarCutter *self = g_new0 (WsiHarCutter, 1);

  self->stream = g_object_ref (stream);
  self->entry.text = g_byte_array_new ();
  self->entry.bytes = g_byte_array_new ();
  self->entry.messages = g_array_new (FALSE, FALSE, sizeof (WsiHarMessage));
  return self;
}

void
wsi_har_cutter_free (WsiHarCutter *self)
{
  g_object_unref (self->stream);
  g_byte_array_unref (self->entry.text);
  g_byte_array_unref (self->entry.bytes);
  g_array_unref (self->entry.messages);
  g_free (self);
}

/* The number of bytes that were read so far. */
static guint64
count_read (const WsiHarCutter *self)
{
  return self->n_before + self->at;
}

/* Bytes that messages of the entry may have in addition to those that are kept. */
static gsize
get_room (const WsiHarCutter *self)
{
  gsize n_used = self->entry.bytes->len + self->entry.messages->len * sizeof (WsiHarMessage);

  return WSI_HAR_MAX_MESSAGES - MIN (n_used, WSI_HAR_MAX_MESSAGES);
}

/* Copies the bytes up to this place to the part that encloses them. */
static void
copy_up_to (WsiHarCutter *self,
            gsize         end)
{
  const guint8 *from = self->block + self->n_copied;
  gsize length = end - self->n_copied;
  WsiHarEntry *entry = &self->entry;

  self->n_copied = end;
  if ((self->inside & INSIDE_MESSAGE) != 0)
    {
      self->is_lost |= length > get_room (self);
      if (!self->is_lost)
        g_byte_array_append (entry->bytes, from, length);
    }
  else if ((self->inside & (INSIDE_ENTRY | INSIDE_MESSAGES)) == INSIDE_ENTRY)
    {
      entry->is_too_long |= length > WSI_HAR_MAX_ENTRY - entry->text->len;
      if (!entry->is_too_long)
        g_byte_array_append (entry->text, from, length);
    }
}

static gboolean
is_value_of (const WsiHarCutter *self,
             const char         *key,
             guint64             depth)
{
  return self->is_key && self->depth == depth && self->n_key == strlen (key) &&
         memcmp (self->key, key, self->n_key) == 0;
}

static void
begin_entry (WsiHarCutter *self)
{
  self->inside |= INSIDE_ENTRY;
  g_byte_array_set_size (self->entry.text, 0);
  g_byte_array_set_size (self->entry.bytes, 0);
  g_array_set_size (self->entry.messages, 0);
  self->entry.is_too_long = self->entry.has_messages = FALSE;
  self->entry.n_lost = 0;
  self->entry.offset = self->n_before + self->at;
}

static void
begin_message (WsiHarCutter *self)
{
  const WsiHarMessage message = {
    .begin = self->entry.bytes->len,
    .offset = self->n_before + self->at,
    .is_control = self->is_control,
  };

  self->inside |= INSIDE_MESSAGE;
  self->is_lost = FALSE;
  g_array_append_val (self->entry.messages, message);
}

/* The bracket itself is copied before, so that an empty array is left. */
static void
begin_messages (WsiHarCutter *self,
                gboolean      is_control)
{
  copy_up_to (self, self->at + 1);
  self->inside |= INSIDE_MESSAGES;
  self->is_control = is_control;
  self->array_depth = self->depth + 1;
  self->entry.has_messages |= !is_control;
}

static void
open_object (WsiHarCutter *self)
{
  if (is_value_of (self, "log", DEPTH_FILE))
    self->inside |= INSIDE_LOG;
  else if ((self->inside & INSIDE_ENTRIES) != 0 && self->depth == DEPTH_ENTRIES)
    begin_entry (self);
  else if ((self->inside & INSIDE_ENTRY) != 0 && is_value_of (self, "_wsinspect", DEPTH_ENTRY))
    self->inside |= INSIDE_EXTRAS;
  else if ((self->inside & INSIDE_MESSAGES) != 0 && self->depth == self->array_depth)
    begin_message (self);
}

static void
open_array (WsiHarCutter *self)
{
  if ((self->inside & INSIDE_LOG) != 0 && is_value_of (self, "entries", DEPTH_LOG))
    {
      self->inside |= INSIDE_ENTRIES;
      self->has_entries = TRUE;
    }
  else if ((self->inside & INSIDE_ENTRY) != 0 &&
           is_value_of (self, "_webSocketMessages", DEPTH_ENTRY))
    begin_messages (self, FALSE);
  else if ((self->inside & INSIDE_EXTRAS) != 0 && is_value_of (self, "control", DEPTH_EXTRAS))
    begin_messages (self, TRUE);
}

/* Ends a message; one of which a part did not fit is left out. */
static void
har_cutter_end_message (WsiHarCutter *self)
{
  GArray *messages = self->entry.messages;
  WsiHarMessage *message = &g_array_index (messages, WsiHarMessage, messages->len - 1);

  copy_up_to (self, self->at + 1);
  self->inside &= ~INSIDE_MESSAGE;
  if (!self->is_lost)
    {
      message->end = self->entry.bytes->len;
      return;
    }

  self->entry.n_lost++;
  g_byte_array_set_size (self->entry.bytes, message->begin);
  g_array_set_size (messages, messages->len - 1);
}

static void
end_messages (WsiHarCutter *self)
{
  copy_up_to (self, self->at);
  self->inside &= ~INSIDE_MESSAGES;
}

/* The depth is that outside of the bracket.  Whether an entry is complete. */
static gboolean
close_bracket (WsiHarCutter *self)
{
  if ((self->inside & INSIDE_MESSAGE) != 0)
    {
      if (self->depth == self->array_depth)
        har_cutter_end_message (self);
      return FALSE;
    }
  if (self->depth < self->array_depth)
    end_messages (self);

  if (self->depth <= DEPTH_ENTRY)
    self->inside &= ~INSIDE_EXTRAS;
  if (self->depth <= DEPTH_LOG)
    self->inside &= ~INSIDE_ENTRIES;
  if (self->depth <= DEPTH_FILE)
    self->inside &= ~INSIDE_LOG;
  if ((self->inside & INSIDE_ENTRY) == 0 || self->depth > DEPTH_ENTRIES)
    return FALSE;

  copy_up_to (self, self->at + 1);
  self->inside &= ~INSIDE_ENTRY;
  return TRUE;
}

/* Takes a byte of a string; a key with escapes is not one that is looked for. */
static void
take_byte_of_string (WsiHarCutter *self,
                     guint8        byte)
{
  if (self->is_escaped)
    self->is_escaped = FALSE;
  else if (byte == '\\')
    self->is_escaped = TRUE;
  else if (byte == '"')
    {
      self->is_in_string = FALSE;
      return;
    }

  if (self->n_key < MAX_KEY)
    self->key[self->n_key++] = byte;
}

/* Takes a byte, and returns whether an entry ends with it. */
static gboolean
har_cutter_take_byte (WsiHarCutter *self,
                      guint8        byte)
{
  if (self->is_in_string)
    {
      take_byte_of_string (self, byte);
      return FALSE;
    }

  switch (byte)
    {
    case '"':
      self->is_in_string = TRUE;
      self->is_key = FALSE;
      self->n_key = 0;
      return FALSE;
    case ':':
      self->is_key = TRUE;
      return FALSE;
    case '{':
    case '[':
      copy_up_to (self, self->at);
      if (byte == '{')
        open_object (self);
      else
        open_array (self);
      self->depth++;
      self->is_key = FALSE;
      return FALSE;
    case '}':
    case ']':
      self->depth -= MIN (self->depth, 1);
      self->is_key = FALSE;
      return close_bracket (self);
    case ',':
      self->is_key = FALSE;
      return FALSE;
    default:
      return FALSE;
    }
}

/* Takes a block.  FALSE: it was read, and no entry is complete. */
static gboolean
har_cutter_take_block (WsiHarCutter *self)
{
  for (; self->at < self->n_block; self->at++)
    if (har_cutter_take_byte (self, self->block[self->at]))
      {
        self->at++;
        self->n_copied = self->at;
        return TRUE;
      }

  copy_up_to (self, self->at);
  return FALSE;
}

static gboolean
har_cutter_fill (WsiHarCutter *self,
                 GCancellable *cancellable,
                 GError      **error)
{
  gssize n_read = g_input_stream_read (self->stream, self->block, BLOCK, cancellable, error);

  self->n_before += self->n_block;
  if (n_read < 0)
    g_prefix_error (error, _("Reading failed at byte %" PRIu64 ": "), self->n_before);
  self->n_block = MAX (n_read, 0);
  self->at = self->n_copied = 0;
  self->has_ended = n_read <= 0;
  return n_read >= 0;
}

static void
har_cutter_check_end (WsiHarCutter *self,
                      GError      **error)
{
  if (self->depth > 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                 (self->inside & INSIDE_ENTRY) != 0
                 ? _("HAR is not complete: it ends at byte %" PRIu64 ", in an entry, which is left "
                     "out")
                 : _("HAR is not complete: it ends at byte %" PRIu64),
                 count_read (self));
  else if (!self->has_entries)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("Invalid HAR: expected an array \"entries\" in an object \"log\", received "
                   "none"));
}

const WsiHarEntry *
wsi_har_cutter_read (WsiHarCutter *self,
                     GCancellable *cancellable,
                     GError      **error)
{
  if (self->has_ended)
    return NULL;

  while (!har_cutter_take_block (self))
    {
      if (!har_cutter_fill (self, cancellable, error))
        return NULL;

      if (self->has_ended)
        {
          har_cutter_check_end (self, error);
          return NULL;
        }
    }

  return &self->entry;
}
