/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The secrets of a key log, in a balanced tree and not in a hash table: the file chooses the keys.
 * `order` has all secrets of the tree, the oldest first. */

#include "inspect/sources/tls/wsi-key-log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SECRETS (512 * 1024)
#define MAX_NUMBERS 4           /* secrets of one kind for one random */
#define BLOCK (64 * 1024)
#define WAIT_MS 100

typedef struct
{
  guint8 random[WSI_TLS_RANDOM_LENGTH];
  guint8 kind;                  /* WsiTlsSecretKind of the secret */
  guint8 number;
} Key;

typedef struct
{
  Key          key;
  WsiTlsSecret secret;
  GList        order;
} Entry;

struct _WsiKeyLog
{
  GTree        *entries;        /* secrets by Key (Entry) */
  GQueue        order;
  guint64       n_added, n_wrong, n_dropped;

  WsiKeyLogLine line;           /* last line of the file, which has no end yet */
  char         *path;
  int           descriptor;     /* descriptor of the file; -1: it is not open */
  struct stat   facts;          /* result of fstat () on the open file */
  guint64       position;
};

static int
key_log_compare_keys (gconstpointer a,
                      gconstpointer b,
                      gpointer      unused)
{
  return memcmp (a, b, sizeof (Key));
}

static void
key_log_entry_free (gpointer data)
{
  explicit_bzero (data, sizeof (Entry));
  g_free (data);
}

WsiKeyLog *
wsi_key_log_new (void)
{
  WsiKeyLog *self = g_new0 (WsiKeyLog, 1);

  self->entries = g_tree_new_full (key_log_compare_keys, NULL, NULL, key_log_entry_free);
  g_queue_init (&self->order);
  self->descriptor = -1;
  return self;
}

static void
close_file (WsiKeyLog *self)
{
  if (self->descriptor != -1)
    close (self->descriptor);
  self->descriptor = -1;
}

void
wsi_key_log_free (WsiKeyLog *self)
{
  close_file (self);
  g_tree_unref (self->entries);
  explicit_bzero (&self->line, sizeof self->line);
  g_free (self->path);
  g_free (self);
}

void
wsi_key_log_set_file (WsiKeyLog  *self,
                      const char *path)
{
  close_file (self);
  g_free (self->path);
  self->path = g_strdup (path);
}

gboolean
wsi_key_log_has_file (const WsiKeyLog *self)
{
  return self->path != NULL;
}

static void
key_log_drop_oldest (WsiKeyLog *self)
{
  Entry *entry = self->order.head->data;

  g_queue_unlink (&self->order, &entry->order);
  g_tree_remove (self->entries, &entry->key);
  self->n_dropped++;
}

/* Adds a secret; the same line again, as where two programs share a file, is not a new one. */
static void
key_log_add (WsiKeyLog          *self,
             Key                *key,
             const WsiTlsSecret *secret)
{
  Entry *entry;

  while ((entry = g_tree_lookup (self->entries, key)) != NULL)
    if (++key->number == MAX_NUMBERS ||
        (entry->secret.length == secret->length &&
         memcmp (entry->secret.at, secret->at, secret->length) == 0))
      return;

  if (self->order.length == MAX_SECRETS)
    key_log_drop_oldest (self);
  entry = g_new0 (Entry, 1);
  entry->key = *key;
  entry->secret = *secret;
  entry->order.data = entry;
  g_tree_insert (self->entries, &entry->key, entry);
  g_queue_push_tail_link (&self->order, &entry->order);
  self->n_added++;
}

/* Pairs of hexadecimal digits up to a blank or the end; 0: there are other characters, none, or too
 * many. */
static gsize
parse_hex (const char **at,
           guint8      *to,
           gsize        max_length)
{
  gsize length = 0;

  for (; g_ascii_isxdigit ((*at)[0]) && g_ascii_isxdigit ((*at)[1]); *at += 2)
    {
      if (length == max_length)
        return 0;

      to[length++] = (guint8) (g_ascii_xdigit_value ((*at)[0]) << 4 |
                               g_ascii_xdigit_value ((*at)[1]));
    }
  return (*at)[0] == ' ' || (*at)[0] == '\0' ? length : 0;
}

/* Parses a label.  FALSE: its secret is not kept. */
static gboolean
parse_label (const char **at,
             guint8      *kind)
{
  static const char *const labels[] = {
    [WSI_TLS_SECRET_MASTER] = "CLIENT_RANDOM ",
    [WSI_TLS_SECRET_CLIENT_EARLY] = "CLIENT_EARLY_TRAFFIC_SECRET ",
    [WSI_TLS_SECRET_CLIENT_HANDSHAKE] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET ",
    [WSI_TLS_SECRET_SERVER_HANDSHAKE] = "SERVER_HANDSHAKE_TRAFFIC_SECRET ",
    [WSI_TLS_SECRET_CLIENT_TRAFFIC] = "CLIENT_TRAFFIC_SECRET_0 ",
    [WSI_TLS_SECRET_SERVER_TRAFFIC] = "SERVER_TRAFFIC_SECRET_0 ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    if (g_str_has_prefix (*at, labels[i]))
      {
        *at += strlen (labels[i]);
        *kind = (guint8) i;
        return TRUE;
      }
  return FALSE;
}

/* Whether a secret may have this length: that of the output of SHA-256 or SHA-384; a master secret
 * has 48 bytes. */
static gboolean
is_length_possible (const Key *key,
                    gsize      length)
{
  return length == 48 || (length == 32 && key->kind != WSI_TLS_SECRET_MASTER);
}

/* The text after the mark with which Windows begins one. */
static const char *
skip_mark (const char *text)
{
  static const char *const marks[] = { "\xff\xfe", "\xfe\xff", "\xef\xbb\xbf" };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_str_has_prefix (text, marks[i]))
      return text + strlen (marks[i]);
  return text;
}

static void
key_log_take_line (WsiKeyLog     *self,
                   WsiKeyLogLine *line)
{
  const char *at = skip_mark (line->text);
  Key key = { 0 };
  WsiTlsSecret secret = { 0 };

  line->text[line->length] = '\0';
  g_strchomp (line->text);
  if (parse_label (&at, &key.kind))
    {
      if (parse_hex (&at, key.random, sizeof key.random) == sizeof key.random && *at++ == ' ')
        secret.length = parse_hex (&at, secret.at, sizeof secret.at);
      if (is_length_possible (&key, secret.length) && *at == '\0')
        key_log_add (self, &key, &secret);
      else
        self->n_wrong++;
    }
  explicit_bzero (&secret, sizeof secret);
}

void
wsi_key_log_end_line (WsiKeyLog     *self,
                      WsiKeyLogLine *line)
{
  if (line->is_too_long)
    self->n_wrong++;
  else if (line->length > 0)
    key_log_take_line (self, line);
  explicit_bzero (line, sizeof *line);
}

/* Appends text to the line, without the zeros of UTF-16, in which PowerShell writes: what remains
 * of ASCII is ASCII. */
static void
append_to_line (WsiKeyLogLine *line,
                const guint8  *at,
                gsize          length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (at[i] == '\0')
        continue;

      line->is_too_long |= line->length + 1 >= sizeof line->text;
      if (line->is_too_long)
        return;

      line->text[line->length++] = (char) at[i];
    }
}

void
wsi_key_log_append (WsiKeyLog     *self,
                    WsiKeyLogLine *line,
                    const guint8  *at,
                    gsize          length)
{
  const guint8 *end = at + length;

  while (at < end)
    {
      const guint8 *line_end = memchr (at, '\n', (gsize) (end - at));
      const gsize n = (gsize) ((line_end != NULL ? line_end : end) - at);

      append_to_line (line, at, n);
      if (line_end != NULL)
        wsi_key_log_end_line (self, line);
      at += n + (line_end != NULL ? 1 : 0);
    }
}

static gboolean
set_file_error (const WsiKeyLog *self,
                GError         **error)
{
  const int code = errno;

  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
               _("key log %s cannot be read: %s"), self->path, g_strerror (code));
  return FALSE;
}

/* Opens the file; a pipe has a reader that does not wait for its writer. */
static gboolean
key_log_open_file (WsiKeyLog *self,
                   GError   **error)
{
  self->position = 0;
  self->descriptor = open (self->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (self->descriptor == -1 || fstat (self->descriptor, &self->facts) != 0)
    {
      close_file (self);
      return set_file_error (self, error);
    }
  return TRUE;
}

static gboolean
key_log_read_rest (WsiKeyLog *self,
                   GError   **error)
{
  guint8 block[BLOCK];
  gssize n_read;

  while ((n_read = read (self->descriptor, block, sizeof block)) > 0)
    {
      wsi_key_log_append (self, &self->line, block, (gsize) n_read);
      self->position += (guint64) n_read;
    }
  if (n_read < 0 && errno != EAGAIN && errno != EINTR)
    set_file_error (self, error);
  explicit_bzero (block, sizeof block);
  return n_read == 0 || errno == EAGAIN || errno == EINTR;
}

/* Whether the open file is still the one at the path, and has not become shorter. */
static gboolean
is_current (const WsiKeyLog   *self,
            const struct stat *facts)
{
  return self->descriptor != -1 && facts->st_ino == self->facts.st_ino &&
         facts->st_dev == self->facts.st_dev &&
         (!S_ISREG (facts->st_mode) || (guint64) facts->st_size >= self->position);
}

gboolean
wsi_key_log_follow (WsiKeyLog *self,
                    GError   **error)
{
  struct stat facts;

  if (self->path == NULL)
    return TRUE;

  if (stat (self->path, &facts) != 0)
    return set_file_error (self, error);

  if (!is_current (self, &facts))
    {
      if (self->descriptor != -1)
        key_log_read_rest (self, NULL);
      wsi_key_log_end_line (self, &self->line);
      close_file (self);
      if (!key_log_open_file (self, error))
        return FALSE;
    }
  return (S_ISREG (facts.st_mode) && (guint64) facts.st_size == self->position) ||
         key_log_read_rest (self, error);
}

/* Waits for a pipe.  FALSE: nothing can be read any more, or the reading is cancelled. */
static gboolean
wait_for_pipe (WsiKeyLog    *self,
               GCancellable *cancellable)
{
  GPollFD descriptor = { .fd = self->descriptor, .events = G_IO_IN };

  while (!g_cancellable_is_cancelled (cancellable))
    if (g_poll (&descriptor, 1, WAIT_MS) > 0)
      return (descriptor.revents & G_IO_IN) != 0;
  return FALSE;
}

gboolean
wsi_key_log_read (WsiKeyLog    *self,
                  GCancellable *cancellable,
                  GError      **error)
{
  if (!wsi_key_log_follow (self, error))
    return FALSE;

  while (!S_ISREG (self->facts.st_mode) && wait_for_pipe (self, cancellable))
    if (!key_log_read_rest (self, error))
      return FALSE;
  wsi_key_log_end_file (self);
  return TRUE;
}

void
wsi_key_log_end_file (WsiKeyLog *self)
{
  wsi_key_log_end_line (self, &self->line);
}

const WsiTlsSecret *
wsi_key_log_find (const WsiKeyLog *self,
                  WsiTlsSecretKind kind,
                  const guint8    *random,
                  guint            number)
{
  Key key = { .kind = (guint8) kind, .number = (guint8) number };
  const Entry *entry;

  memcpy (key.random, random, sizeof key.random);
  entry = g_tree_lookup (self->entries, &key);
  return entry != NULL ? &entry->secret : NULL;
}

guint64
wsi_key_log_get_n_added (const WsiKeyLog *self)
{
  return self->n_added;
}

guint64
wsi_key_log_get_n_wrong (const WsiKeyLog *self)
{
  return self->n_wrong;
}

guint64
wsi_key_log_get_n_dropped (const WsiKeyLog *self)
{
  return self->n_dropped;
}
