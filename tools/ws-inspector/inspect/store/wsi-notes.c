/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-notes.h"

#define MAX_COMMENT (64 * 1024)
#define MAX_SUMMARY 1024
#define MAX_SUMMARIES (32 * 1024 * 1024)        /* bytes; they can be made again */

typedef struct
{
  char   *comment;
  guint   mark;
  guint64 reply, request;       /* plus one, 0 = none */
} Note;

struct _WsiNotes
{
  GMutex      mutex;
  guint64     first;            /* notes of earlier records are not taken any more */
  GHashTable *messages;         /* number to WsiMessageInfo */
  GHashTable *notes;            /* number of a record to Note */
  GHashTable *summaries;        /* number of a record to text */
  gsize       n_summary_bytes;
};

static void
note_free (Note *note)
{
  g_free (note->comment);
  g_free (note);
}

WsiNotes *
wsi_notes_new (void)
{
  WsiNotes *self = g_new0 (WsiNotes, 1);

  g_mutex_init (&self->mutex);
  self->messages = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->notes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                       (GDestroyNotify) note_free);
  self->summaries = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return self;
}

void
wsi_notes_free (WsiNotes *self)
{
  g_hash_table_unref (self->messages);
  g_hash_table_unref (self->notes);
  g_hash_table_unref (self->summaries);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
wsi_notes_set_message (WsiNotes             *self,
                       const WsiMessageInfo *message)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  WsiMessageInfo *known = g_hash_table_lookup (self->messages,
                                               GUINT_TO_POINTER (message->message));

  if (known != NULL)
    *known = *message;
  else
    g_hash_table_insert (self->messages, GUINT_TO_POINTER (message->message),
                         g_memdup2 (message, sizeof *message));
}

/* FALSE: it is a single frame, or gone. */
gboolean
wsi_notes_get_message (WsiNotes       *self,
                       guint32         number,
                       WsiMessageInfo *message)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const WsiMessageInfo *known = g_hash_table_lookup (self->messages, GUINT_TO_POINTER (number));

  if (known == NULL)
    return FALSE;

  *message = *known;
  return TRUE;
}

/* If last is its last record: none is left of it. */
void
wsi_notes_forget_message (WsiNotes *self,
                          guint32   number,
                          guint64   last)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const WsiMessageInfo *known = g_hash_table_lookup (self->messages, GUINT_TO_POINTER (number));

  if (known != NULL && known->last == last)
    g_hash_table_remove (self->messages, GUINT_TO_POINTER (number));
}

/* NULL: the record is gone. */
static Note *
ensure_note (WsiNotes *self,
             guint64   number)
{
  Note *note = g_hash_table_lookup (self->notes, &number);

  if (note != NULL || number < self->first)
    return note;

  note = g_new0 (Note, 1);
  g_hash_table_insert (self->notes, g_memdup2 (&number, sizeof number), note);
  return note;
}

/* text may be NULL; of a longer one the beginning is kept. */
void
wsi_notes_set_comment (WsiNotes   *self,
                       guint64     number,
                       const char *text)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Note *note = ensure_note (self, number);
  g_autofree char *start = g_strndup (text, MAX_COMMENT);

  if (note == NULL)
    return;

  g_free (note->comment);
  note->comment = text != NULL ? g_utf8_make_valid (start, -1) : NULL;
}

/* NULL: there is none. */
char *
wsi_notes_dup_comment (WsiNotes *self,
                       guint64   number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Note *note = g_hash_table_lookup (self->notes, &number);

  return note != NULL ? g_strdup (note->comment) : NULL;
}

/* Summaries are a cache: when they become too many, all are forgotten. */
void
wsi_notes_set_summary (WsiNotes   *self,
                       guint64     number,
                       const char *text)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autofree char *start = g_strndup (text, MAX_SUMMARY);
  g_autofree char *kept = g_utf8_make_valid (start, -1);

  if (number < self->first)
    return;

  if (self->n_summary_bytes > MAX_SUMMARIES)
    {
      g_hash_table_remove_all (self->summaries);
      self->n_summary_bytes = 0;
    }
  self->n_summary_bytes += MAX_SUMMARY;
  g_hash_table_replace (self->summaries, g_memdup2 (&number, sizeof number),
                        g_steal_pointer (&kept));
}

char *
wsi_notes_dup_summary (WsiNotes *self,
                       guint64   number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return g_strdup (g_hash_table_lookup (self->summaries, &number));
}

/* 0 = none. */
void
wsi_notes_set_mark (WsiNotes *self,
                    guint64   number,
                    guint     mark)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Note *note = ensure_note (self, number);

  if (note != NULL)
    note->mark = mark;
}

guint
wsi_notes_get_mark (WsiNotes *self,
                    guint64   number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Note *note = g_hash_table_lookup (self->notes, &number);

  return note != NULL ? note->mark : 0;
}

/* Nothing happens if one of them is gone. */
void
wsi_notes_set_reply (WsiNotes *self,
                     guint64   request,
                     guint64   reply)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Note *of_request = ensure_note (self, request);
  Note *of_reply = ensure_note (self, reply);

  if (of_request == NULL || of_reply == NULL)
    return;

  of_request->reply = reply + 1;
  of_reply->request = request + 1;
}

gboolean
wsi_notes_get_reply (WsiNotes *self,
                     guint64   request,
                     guint64  *reply)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Note *note = g_hash_table_lookup (self->notes, &request);

  if (note == NULL || note->reply == 0)
    return FALSE;

  *reply = note->reply - 1;
  return TRUE;
}

gboolean
wsi_notes_get_request (WsiNotes *self,
                       guint64   reply,
                       guint64  *request)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Note *note = g_hash_table_lookup (self->notes, &reply);

  if (note == NULL || note->request == 0)
    return FALSE;

  *request = note->request - 1;
  return TRUE;
}

static void
forget_range (GHashTable *table,
              guint64     first,
              guint64     end)
{
  for (guint64 number = first; number < end && g_hash_table_size (table) > 0; number++)
    g_hash_table_remove (table, &number);
}

/* These records are gone. */
void
wsi_notes_forget (WsiNotes *self,
                  guint64   first,
                  guint64   end)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->first = end;
  forget_range (self->notes, first, end);
  forget_range (self->summaries, first, end);
}
