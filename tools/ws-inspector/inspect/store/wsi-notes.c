/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-notes.h"

#include "inspect/store/wsi-tags.h"

#define MAX_COMMENT (64 * 1024)
#define MAX_TAGS 12             /* tags that are offered again */
#define MAX_ERRORS 65536        /* texts of errors that are kept, since the beginning */

typedef struct
{
  char   *comment;
  guint   mark;
  guint64 reply, request;       /* number of the paired record, plus one; 0 = none */
  const char *error_field;      /* decoded field with an error; NULL: the message reports none */
  char   *error;                /* text of the error; NULL: it was not kept */
} Note;

typedef struct
{
  WsiMessageInfo info;
  GArray        *fragments;     /* numbers of the message's records (guint64), in order */
  guint          n_gone;        /* fragments whose records were removed */
} Message;

struct _WsiNotes
{
  GMutex      mutex;
  guint64     first;            /* first record that gets notes */
  GHashTable *messages;         /* messages by number (Message) */
  GHashTable *notes;            /* number of a record to Note */
  GPtrArray  *tags;             /* tags of comments, latest first */
  GArray     *pairs;            /* pairs of request and reply (WsiPair), as they were found */
  guint64     n_pairs_gone;     /* number of pairs[0]: pairs that were evicted */
  GArray     *errors;           /* numbers of records with errors (guint64), as they were found */
  guint64     n_errors_gone;
  guint       n_errors;         /* errors so far, up to MAX_ERRORS; read without the lock */
};

static void
note_free (Note *note)
{
  g_free (note->comment);
  g_free (note->error);
  g_free (note);
}

static void
notes_message_free (Message *message)
{
  g_array_unref (message->fragments);
  g_free (message);
}

WsiNotes *
wsi_notes_new (void)
{
  WsiNotes *self = g_new0 (WsiNotes, 1);

  g_mutex_init (&self->mutex);
  self->messages = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) notes_message_free);
  self->notes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                       (GDestroyNotify) note_free);
  self->tags = g_ptr_array_new_with_free_func (g_free);
  self->pairs = g_array_new (FALSE, FALSE, sizeof (WsiPair));
  self->errors = g_array_new (FALSE, FALSE, sizeof (guint64));
  return self;
}

void
wsi_notes_free (WsiNotes *self)
{
  g_hash_table_unref (self->messages);
  g_hash_table_unref (self->notes);
  g_ptr_array_unref (self->tags);
  g_array_unref (self->pairs);
  g_array_unref (self->errors);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static Message *
notes_find_message (WsiNotes *self,
                    guint32   number)
{
  return g_hash_table_lookup (self->messages, GUINT_TO_POINTER (number));
}

static Message *
notes_add_message (WsiNotes             *self,
                   const WsiMessageInfo *info)
{
  Message *message = g_new0 (Message, 1);

  message->fragments = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_array_append_val (message->fragments, info->first);
  g_hash_table_insert (self->messages, GUINT_TO_POINTER (info->message), message);
  return message;
}

void
wsi_notes_set_message (WsiNotes             *self,
                       const WsiMessageInfo *info)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Message *message = notes_find_message (self, info->message);

  if (message == NULL)
    message = notes_add_message (self, info);
  message->info = *info;
  g_array_append_val (message->fragments, info->last);
}

gboolean
wsi_notes_get_message (WsiNotes       *self,
                       guint32         number,
                       WsiMessageInfo *info)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Message *message = notes_find_message (self, number);

  if (message == NULL)
    return FALSE;

  *info = message->info;
  return TRUE;
}

/* The index of the first fragment that is not less than a number. */
static guint
find_fragment (const Message *message,
               guint64        from)
{
  guint low = message->n_gone, high = message->fragments->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (message->fragments, guint64, middle) < from)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

guint
wsi_notes_get_fragments (WsiNotes *self,
                         guint32   number,
                         guint64   from,
                         guint64  *fragments,
                         guint     n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Message *message = notes_find_message (self, number);
  guint index, n_found;

  if (message == NULL)
    return 0;

  index = find_fragment (message, from);
  n_found = MIN (n, message->fragments->len - index);
  for (guint i = 0; i < n_found; i++)
    fragments[i] = g_array_index (message->fragments, guint64, index + i);
  return n_found;
}

void
wsi_notes_forget_fragment (WsiNotes *self,
                           guint32   number,
                           guint64   fragment)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Message *message = notes_find_message (self, number);

  if (message == NULL)
    return;

  if (message->info.last == fragment)
    {
      g_hash_table_remove (self->messages, GUINT_TO_POINTER (number));
      return;
    }

  message->n_gone = find_fragment (message, fragment + 1);
  if (message->n_gone > message->fragments->len / 2)
    {
      g_array_remove_range (message->fragments, 0, message->n_gone);
      message->n_gone = 0;
    }
}

/* The note of a record.  NULL: the record is gone. */
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

static void
remember_tags (WsiNotes   *self,
               const char *comment)
{
  g_auto (GStrv) tags = wsi_tags_list (comment);
  guint at;

  for (guint i = 0; i < MAX_TAGS && tags[i] != NULL; i++)
    {
      if (g_ptr_array_find_with_equal_func (self->tags, tags[i], g_str_equal, &at))
        g_ptr_array_remove_index (self->tags, at);
      g_ptr_array_insert (self->tags, 0, g_strdup (tags[i]));
    }
  g_ptr_array_set_size (self->tags, MIN (self->tags->len, MAX_TAGS));
}

/* Sets a comment.  text may be NULL; of a longer one the beginning is kept. */
gboolean
wsi_notes_set_comment (WsiNotes   *self,
                       guint64     number,
                       const char *text)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Note *note = ensure_note (self, number);
  g_autofree char *start = g_strndup (text, MAX_COMMENT);
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (start, -1) : NULL;

  if (note == NULL || g_strcmp0 (note->comment, valid) == 0)
    return FALSE;

  g_free (note->comment);
  note->comment = g_steal_pointer (&valid);
  remember_tags (self, note->comment);
  return TRUE;
}

GStrv
wsi_notes_dup_tags (WsiNotes *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();

  for (guint i = 0; i < self->tags->len; i++)
    g_strv_builder_add (tags, self->tags->pdata[i]);
  return g_strv_builder_end (tags);
}

char *
wsi_notes_dup_comment (WsiNotes *self,
                       guint64   number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Note *note = g_hash_table_lookup (self->notes, &number);

  return note != NULL ? g_strdup (note->comment) : NULL;
}

gboolean
wsi_notes_set_mark (WsiNotes *self,
                    guint64   number,
                    guint     mark)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Note *note = ensure_note (self, number);

  if (note == NULL || note->mark == mark)
    return FALSE;

  note->mark = mark;
  return TRUE;
}

guint
wsi_notes_get_mark (WsiNotes *self,
                    guint64   number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Note *note = g_hash_table_lookup (self->notes, &number);

  return note != NULL ? note->mark : 0;
}

void
wsi_notes_set_reply (WsiNotes *self,
                     guint64   request,
                     guint64   reply)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Note *of_request = ensure_note (self, request);
  Note *of_reply = ensure_note (self, reply);

  const WsiPair pair = { request, reply };

  if (of_request == NULL || of_reply == NULL)
    return;

  /* each filter finds the same pairs */
  if (of_reply->request != request + 1)
    g_array_append_val (self->pairs, pair);
  of_request->reply = reply + 1;
  of_reply->request = request + 1;
}

guint
wsi_notes_get_pairs (WsiNotes *self,
                     guint64  *from,
                     WsiPair  *pairs,
                     guint     n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  guint64 first = MAX (*from, self->n_pairs_gone);
  guint64 end = self->n_pairs_gone + self->pairs->len;

  n = MIN (n, end - MIN (first, end));
  for (guint i = 0; i < n; i++)
    pairs[i] = g_array_index (self->pairs, WsiPair, first - self->n_pairs_gone + i);
  *from = first + n;
  return n;
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

void
wsi_notes_set_error (WsiNotes   *self,
                     guint64     number,
                     const char *field,
                     const char *text)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Note *note = ensure_note (self, number);

  if (note == NULL)
    return;

  /* a message may be learned again, by another decoder */
  if (note->error_field == NULL)
    g_array_append_val (self->errors, number);
  note->error_field = field;
  g_clear_pointer (&note->error, g_free);
  if (self->n_errors == MAX_ERRORS)
    return;

  note->error = g_strdup (text);
  g_atomic_int_inc (&self->n_errors);
}

/* The field of an error.  Most stores have no error, and each row is asked about: then there is no
 * lock. */
const char *
wsi_notes_get_error (WsiNotes *self,
                     guint64   number)
{
  g_autoptr (GMutexLocker) locker = NULL;
  const Note *note;

  if (g_atomic_int_get (&self->n_errors) == 0)
    return NULL;

  locker = g_mutex_locker_new (&self->mutex);
  note = g_hash_table_lookup (self->notes, &number);
  return note != NULL ? note->error_field : NULL;
}

char *
wsi_notes_dup_error (WsiNotes *self,
                     guint64   number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Note *note = g_hash_table_lookup (self->notes, &number);

  return note != NULL ? g_strdup (note->error) : NULL;
}

guint
wsi_notes_get_errors (WsiNotes *self,
                      guint64  *from,
                      guint64  *numbers,
                      guint     n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  guint64 first = MAX (*from, self->n_errors_gone);
  guint64 end = self->n_errors_gone + self->errors->len;

  n = MIN (n, end - MIN (first, end));
  for (guint i = 0; i < n; i++)
    numbers[i] = g_array_index (self->errors, guint64, first - self->n_errors_gone + i);
  *from = first + n;
  return n;
}

static void
forget_errors (WsiNotes *self,
               guint64   end)
{
  guint n = 0;

  while (n < self->errors->len && g_array_index (self->errors, guint64, n) < end)
    n++;
  if (n > 0)
    g_array_remove_range (self->errors, 0, n);
  self->n_errors_gone += n;
}

static void
forget_pairs (WsiNotes *self,
              guint64   end)
{
  guint n = 0;

  while (n < self->pairs->len && g_array_index (self->pairs, WsiPair, n).reply < end)
    n++;
  if (n > 0)
    g_array_remove_range (self->pairs, 0, n);
  self->n_pairs_gone += n;
}

void
wsi_notes_forget (WsiNotes *self,
                  guint64   first,
                  guint64   end)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->first = end;
  for (guint64 number = first; number < end && g_hash_table_size (self->notes) > 0; number++)
    g_hash_table_remove (self->notes, &number);
  forget_pairs (self, end);
  forget_errors (self, end);
}
