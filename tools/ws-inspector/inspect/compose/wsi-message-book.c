/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-message-book.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/json/wsi-json-fields.h"
#include "inspect/save/formats/parts/wsi-json-text.h"
#include "inspect/sources/files/json/wsi-json-lines.h"
#include "inspect/store/wsi-task.h"

#define FOLDER "ws-inspector"
#define FILE_NAME "messages.jsonl"
#define FORMAT "ws-inspector-messages"
#define FOLDER_MODE 0700
#define FILE_MODE 0600          /* only the user may read the file: messages have secrets */
#define MAX_NAME 200            /* bytes of a name */

/* Members of a line. */
typedef enum
{
  MEMBER_FORMAT,                /* the format, which only the first line has */
  MEMBER_NAME,
  MEMBER_FORM,
  MEMBER_KIND,                  /* the kind; none: a message */
  MEMBER_BINARY,
  MEMBER_UNCOMPRESSED,
  MEMBER_FRAGMENTS,
  MEMBER_TEXT,
  N_MEMBERS,
} Member;

static const char *const member_names[N_MEMBERS] = {
  [MEMBER_FORMAT] = "format",
  [MEMBER_NAME] = "name",
  [MEMBER_FORM] = "form",
  [MEMBER_KIND] = "kind",
  [MEMBER_BINARY] = "binary",
  [MEMBER_UNCOMPRESSED] = "uncompressed",
  [MEMBER_FRAGMENTS] = "fragments",
  [MEMBER_TEXT] = "text",
};

typedef struct
{
  char     *name;               /* name of a saved message; NULL: the entry is of the history */
  WsiDraft *draft;
} Entry;

struct _WsiMessageBook
{
  char      *path;
  GPtrArray *saved, *history;   /* messages that were saved, and those of the history (Entry) */
  GPtrArray *sent;              /* sent messages (Entry) that are not in the file, latest last */
  guint      n_writing;         /* number of the first messages in sent that threads write */
  GList     *jobs;              /* jobs of the threads that write (Job) */
};

/* A thread that writes. */
typedef struct
{
  WsiMessageBook *owner;        /* book that has begun the thread; NULL: it was freed */
  WsiMessageBook *book;         /* own book of the thread */
  guint           n_sent;
  gboolean        is_forgotten; /* the owner has forgotten the messages; read with the lock */
  GApplication   *application;  /* application that waits for the thread; NULL = none */
} Job;

/* the lock of all books: a change reads and writes a file, one thread after the other */
static GMutex lock;

static void
message_book_entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  wsi_draft_free (entry->draft);
  g_free (entry);
}

static Entry *
message_book_entry_new (const char *name,
                        WsiDraft   *draft)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->name = g_strdup (name);
  entry->draft = draft;
  return entry;
}

WsiMessageBook *
wsi_message_book_new (const char *path)
{
  WsiMessageBook *self = g_new0 (WsiMessageBook, 1);

  self->path = path != NULL ? g_strdup (path)
                            : g_build_filename (g_get_user_data_dir (), FOLDER, FILE_NAME, NULL);
  self->saved = g_ptr_array_new_with_free_func (message_book_entry_free);
  self->history = g_ptr_array_new_with_free_func (message_book_entry_free);
  self->sent = g_ptr_array_new_with_free_func (message_book_entry_free);
  return self;
}

void
wsi_message_book_free (WsiMessageBook *self)
{
  for (GList *i = self->jobs; i != NULL; i = i->next)
    ((Job *) i->data)->owner = NULL;
  g_list_free (self->jobs);
  g_ptr_array_unref (self->saved);
  g_ptr_array_unref (self->history);
  g_ptr_array_unref (self->sent);
  g_free (self->path);
  g_free (self);
}

static gboolean
is_small (const WsiDraft *draft)
{
  return strlen (draft->text) <= WSI_BOOK_MAX_TEXT &&
         strlen (draft->fragments) <= WSI_BOOK_MAX_TEXT;
}

/* Lines of a later version, or of no version, are left out. */
static void
message_book_take_line (WsiMessageBook     *self,
                        const WsiJsonField *line)
{
  const char *name = wsi_json_field_get_string (&line[MEMBER_NAME]);
  const char *text = wsi_json_field_get_string (&line[MEMBER_TEXT]);
  const char *fragments = wsi_json_field_get_string (&line[MEMBER_FRAGMENTS]);
  const char *kind_name = wsi_json_field_get_string (&line[MEMBER_KIND]);
  gboolean is_binary = wsi_json_field_is_true (&line[MEMBER_BINARY]);
  gboolean is_plain = wsi_json_field_is_true (&line[MEMBER_UNCOMPRESSED]);
  GPtrArray *entries = name != NULL ? self->saved : self->history;
  g_autoptr (WsiDraft) draft = NULL;
  WsiDraftForm form;
  WsiDraftKind kind = WSI_DRAFT_MESSAGE;

  if (text == NULL || (kind_name != NULL && !wsi_draft_kind_find (kind_name, &kind)) ||
      !wsi_draft_form_find (wsi_json_field_get_string (&line[MEMBER_FORM]), &form) ||
      (name != NULL && (*name == '\0' || strlen (name) > MAX_NAME)) ||
      entries->len >= (name != NULL ? WSI_BOOK_MAX_SAVED : WSI_BOOK_MAX_HISTORY))
    return;

  draft = wsi_draft_new (form, is_binary ? WSP_MESSAGE_TYPE_BINARY : WSP_MESSAGE_TYPE_TEXT, text);
  draft->kind = kind;
  draft->compression = is_plain ? WSI_COMPRESSION_NONE : WSI_COMPRESSION_NEGOTIATED;
  if (fragments != NULL)
    {
      g_free (draft->fragments);
      draft->fragments = g_strdup (fragments);
    }
  if (is_small (draft))
    g_ptr_array_add (entries, message_book_entry_new (name, g_steal_pointer (&draft)));
}

static int
message_book_compare_names (gconstpointer a,
                            gconstpointer b)
{
  const Entry *one = *(Entry *const *) a, *other = *(Entry *const *) b;

  return g_utf8_collate (one->name, other->name);
}

/* Opens the file.  NULL without an error: there is none. */
static GInputStream *
message_book_open_file (WsiMessageBook *self,
                        GError        **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GError) own_error = NULL;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                            G_FILE_QUERY_INFO_NONE, NULL, &own_error);
  if (g_error_matches (own_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return NULL;

  if (info == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return NULL;
    }

  if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR &&
      g_file_info_get_size (info) <= WSI_BOOK_MAX_FILE)
    return G_INPUT_STREAM (g_file_read (file, NULL, error));

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _("cannot read saved messages: expected a file of at most %d MiB (delete %s)"),
               WSI_BOOK_MAX_FILE / 1024 / 1024, self->path);
  return NULL;
}

static gboolean
read_lines (WsiMessageBook *self,
            WsiJsonLines   *lines,
            GError        **error)
{
  g_autoptr (GError) own_error = NULL;
  const WsiJsonField *line = wsi_json_lines_read (lines, NULL, &own_error);

  if (own_error == NULL &&
      (line == NULL || !wsi_json_field_is_text (&line[MEMBER_FORMAT], FORMAT)))
    g_set_error_literal (&own_error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         _("expected a file of saved messages"));
  while (own_error == NULL && (line = wsi_json_lines_read (lines, NULL, &own_error)) != NULL)
    message_book_take_line (self, line);
  if (own_error == NULL)
    return TRUE;

  g_propagate_prefixed_error (error, g_steal_pointer (&own_error),
                              _("cannot read saved messages (delete %s): "), self->path);
  return FALSE;
}

static gboolean
message_book_is_equal (const WsiDraft *one,
                       const WsiDraft *other)
{
  return one->form == other->form && one->kind == other->kind &&
         one->message_type == other->message_type &&
         one->compression == other->compression && g_str_equal (one->text, other->text) &&
         g_str_equal (one->fragments, other->fragments);
}

static void
add_to_history (WsiMessageBook *self,
                const WsiDraft *draft)
{
  for (guint i = self->history->len; i > 0; i--)
    if (message_book_is_equal (((Entry *) self->history->pdata[i - 1])->draft, draft))
      g_ptr_array_remove_index (self->history, i - 1);
  g_ptr_array_insert (self->history, 0, message_book_entry_new (NULL, wsi_draft_copy (draft)));
  if (self->history->len > WSI_BOOK_MAX_HISTORY)
    g_ptr_array_set_size (self->history, WSI_BOOK_MAX_HISTORY);
}

gboolean
wsi_message_book_read (WsiMessageBook *self,
                       GError        **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GInputStream) stream = message_book_open_file (self, &own_error);
  g_autoptr (WsiJsonLines) lines =
    stream != NULL ? wsi_json_lines_new (stream, member_names, N_MEMBERS) : NULL;
  gboolean is_read;

  g_ptr_array_set_size (self->saved, 0);
  g_ptr_array_set_size (self->history, 0);
  if (own_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }

  is_read = lines == NULL || read_lines (self, lines, error);
  g_ptr_array_sort (self->saved, message_book_compare_names);
  for (guint i = 0; i < self->sent->len; i++)
    add_to_history (self, ((Entry *) self->sent->pdata[i])->draft);
  return is_read;
}

static void
append_entry (GString     *text,
              const Entry *entry)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  wsi_json_add_string (builder, "name", entry->name);
  wsi_json_add_string (builder, "form", wsi_draft_form_get_name (entry->draft->form));
  if (entry->draft->kind != WSI_DRAFT_MESSAGE)
    wsi_json_add_string (builder, "kind", wsi_draft_kind_get_name (entry->draft->kind));
  if (entry->draft->message_type == WSP_MESSAGE_TYPE_BINARY)
    wsi_json_add_true (builder, "binary");
  if (entry->draft->compression == WSI_COMPRESSION_NONE)
    wsi_json_add_true (builder, "uncompressed");
  if (*entry->draft->fragments != '\0')
    wsi_json_add_string (builder, "fragments", entry->draft->fragments);
  wsi_json_add_string (builder, "text", entry->draft->text);
  json_builder_end_object (builder);
  line = wsi_json_to_text (builder);
  g_string_append (text, line);
  g_string_append_c (text, '\n');
}

static gboolean
message_book_write_file (WsiMessageBook *self,
                         GError        **error)
{
  g_autoptr (GString) text = g_string_new ("{\"format\":\"" FORMAT "\",\"version\":1}\n");
  g_autofree char *folder = g_path_get_dirname (self->path);

  for (guint i = 0; i < self->saved->len; i++)
    append_entry (text, self->saved->pdata[i]);
  for (guint i = 0; i < self->history->len; i++)
    append_entry (text, self->history->pdata[i]);

  g_mkdir_with_parents (folder, FOLDER_MODE);
  return g_file_set_contents_full (self->path, text->str, text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                   FILE_MODE, error);
}

static void
message_book_remove_entry (GPtrArray  *entries,
                           const char *name)
{
  for (guint i = entries->len; i > 0; i--)
    if (g_strcmp0 (((Entry *) entries->pdata[i - 1])->name, name) == 0)
      g_ptr_array_remove_index (entries, i - 1);
}

static gboolean
check_saved (const char     *name,
             const WsiDraft *draft,
             GError        **error)
{
  if (*name != '\0' && strlen (name) <= MAX_NAME && is_small (draft))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("cannot save the message: expected a name of 1 to %d bytes and a text of at most "
                 "%d, received %zu and %zu"), MAX_NAME, WSI_BOOK_MAX_TEXT, strlen (name),
               strlen (draft->text));
  return FALSE;
}

gboolean
wsi_message_book_save (WsiMessageBook *self,
                       const char     *name,
                       const WsiDraft *draft,
                       GError        **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (!check_saved (name, draft, error) || !wsi_message_book_read (self, error))
    return FALSE;

  message_book_remove_entry (self->saved, name);
  if (self->saved->len == WSI_BOOK_MAX_SAVED)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("cannot save the message: there are %d already (delete one)"),
                   WSI_BOOK_MAX_SAVED);
      return FALSE;
    }

  g_ptr_array_add (self->saved, message_book_entry_new (name, wsi_draft_copy (draft)));
  g_ptr_array_sort (self->saved, message_book_compare_names);
  return message_book_write_file (self, error);
}

static gboolean
message_book_has_name (WsiMessageBook *self,
                       const char     *name)
{
  for (guint i = 0; i < self->saved->len; i++)
    if (g_str_equal (wsi_message_book_get_name (self, i), name))
      return TRUE;

  return FALSE;
}

gboolean
wsi_message_book_keep (WsiMessageBook *self,
                       const WsiDraft *draft,
                       GError        **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%F %T");
  /* Translators: the name of a message that was not sent; %s is a date and a time. */
  g_autofree char *first = g_strdup_printf (_("Draft of %s"), time);
  g_autofree char *name = g_strdup (first);

  if (!wsi_message_book_read (self, error))
    return FALSE;

  for (guint i = 2; message_book_has_name (self, name); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s (%u)", first, i);
    }
  return wsi_message_book_save (self, name, draft, error);
}

gboolean
wsi_message_book_delete (WsiMessageBook *self,
                         const char     *name,
                         GError        **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (!wsi_message_book_read (self, error))
    return FALSE;

  message_book_remove_entry (self->saved, name);
  return message_book_write_file (self, error);
}

/* The oldest messages that no thread writes go first. */
void
wsi_message_book_remember (WsiMessageBook *self,
                           const WsiDraft *draft)
{
  if (!is_small (draft))
    return;

  for (guint i = self->sent->len; i > self->n_writing; i--)
    if (message_book_is_equal (((Entry *) self->sent->pdata[i - 1])->draft, draft))
      g_ptr_array_remove_index (self->sent, i - 1);
  g_ptr_array_add (self->sent, message_book_entry_new (NULL, wsi_draft_copy (draft)));
  if (self->sent->len - self->n_writing > WSI_BOOK_MAX_HISTORY)
    g_ptr_array_remove_index (self->sent, self->n_writing);
}

static Job *
message_book_job_new (WsiMessageBook *owner)
{
  Job *job = g_new0 (Job, 1);

  job->owner = owner;
  job->book = wsi_message_book_new (owner->path);
  for (guint i = owner->n_writing; i < owner->sent->len; i++)
    wsi_message_book_remember (job->book, ((Entry *) owner->sent->pdata[i])->draft);
  job->n_sent = job->book->sent->len;
  job->application = g_application_get_default ();
  if (job->application != NULL)
    g_application_hold (job->application);
  owner->n_writing += job->n_sent;
  owner->jobs = g_list_prepend (owner->jobs, job);
  return job;
}

static void
message_book_job_free (gpointer data)
{
  Job *job = data;

  wsi_message_book_free (job->book);
  g_free (job);
}

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Job *job = data;
  GError *error = NULL;

  if (job->is_forgotten ||
      (wsi_message_book_read (job->book, &error) && message_book_write_file (job->book, &error)))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Removes written messages from memory, also after an error: those that the file cannot have are
 * not kept for ever. */
static void
message_book_on_written (GTask *task)
{
  Job *job = g_task_get_task_data (task);
  WsiMessageBook *owner = job->owner;

  if (owner != NULL)
    {
      owner->jobs = g_list_remove (owner->jobs, job);
      owner->n_writing -= job->n_sent;
      g_ptr_array_remove_range (owner->sent, 0, job->n_sent);
    }
  if (job->application != NULL)
    g_application_release (job->application);
}

gboolean
wsi_message_book_has_unwritten (const WsiMessageBook *self)
{
  return self->sent->len > self->n_writing;
}

void
wsi_message_book_write_async (WsiMessageBook     *self,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, wsi_message_book_write_async);
  g_task_set_task_data (task, message_book_job_new (self), message_book_job_free);
  g_signal_connect (task, "notify::completed", G_CALLBACK (message_book_on_written), NULL);
  wsi_task_run_in_thread (task, write_in_thread);
}

gboolean
wsi_message_book_write_finish (GAsyncResult *result,
                               GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
wsi_message_book_forget (WsiMessageBook *self,
                         GError        **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  for (GList *i = self->jobs; i != NULL; i = i->next)
    {
      Job *job = i->data;

      job->is_forgotten = TRUE;
      job->n_sent = 0;
    }
  self->n_writing = 0;
  g_ptr_array_set_size (self->sent, 0);
  if (!wsi_message_book_read (self, error))
    return FALSE;

  g_ptr_array_set_size (self->history, 0);
  return message_book_write_file (self, error);
}

guint
wsi_message_book_get_n_saved (const WsiMessageBook *self)
{
  return self->saved->len;
}

const char *
wsi_message_book_get_name (const WsiMessageBook *self,
                           guint                 i)
{
  return ((Entry *) self->saved->pdata[i])->name;
}

const WsiDraft *
wsi_message_book_get_saved (const WsiMessageBook *self,
                            guint                 i)
{
  return ((Entry *) self->saved->pdata[i])->draft;
}

guint
wsi_message_book_get_n_history (const WsiMessageBook *self)
{
  return self->history->len;
}

const WsiDraft *
wsi_message_book_get_history (const WsiMessageBook *self,
                              guint                 i)
{
  return ((Entry *) self->history->pdata[i])->draft;
}
