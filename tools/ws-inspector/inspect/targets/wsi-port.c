/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the program that listens at a port.  The kernel lists its sockets in text files, those that
 * listen first, and the open files of each process as links.  Where there are no such files, no
 * owner is known. */

#include "inspect/targets/wsi-port.h"

#include <stdio.h>

#include "inspect/decode/wsi-text.h"

#define LISTENING 0x0a          /* state in the list of a socket that listens */
#define MAX_LINKS 20000         /* links that are looked at: a window waits */
#define MAX_TRIES 32

typedef struct
{
  guint64 inode;                /* inode of the socket */
  guint   n_links;
  guint64 process;              /* id of the process; 0 = not found so far */
} Search;

/* Reads a line of the list, if its socket listens. */
static gboolean
read_listener (const char *line,
               guint      *port,
               guint64    *inode)
{
  guint state;
  int n = sscanf (line, "%*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*s %*s %"
                  G_GUINT64_FORMAT, port, &state, inode);

  return n == 3 && state == LISTENING;
}

/* Adds the sockets that listen at the port, each at an address of its own. */
static void
add_inodes (GArray     *inodes,
            const char *path,
            guint       port)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autoptr (GDataInputStream) lines = NULL;

  if (stream == NULL)
    return;

  lines = g_data_input_stream_new (G_INPUT_STREAM (stream));
  /* skips the titles of the columns */
  g_free (g_data_input_stream_read_line (lines, NULL, NULL, NULL));
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
      guint at;
      guint64 inode;

      if (line == NULL || !read_listener (line, &at, &inode))
        return;

      if (at == port)
        g_array_append_val (inodes, inode);
    }
}

static gboolean
port_has_socket (guint64 process,
                 Search *search)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GUINT64_FORMAT "/fd", process);
  g_autofree char *wanted = g_strdup_printf ("socket:[%" G_GUINT64_FORMAT "]", search->inode);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && search->n_links < MAX_LINKS &&
         (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *link = g_build_filename (path, name, NULL);
      g_autofree char *target = g_file_read_link (link, NULL);

      search->n_links++;
      if (g_strcmp0 (target, wanted) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
find_process (Search *search)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while (folder != NULL && search->process == 0 && search->n_links < MAX_LINKS &&
         (name = g_dir_read_name (folder)) != NULL)
    {
      guint64 process;

      if (g_ascii_string_to_unsigned (name, 10, 1, G_MAXUINT32, &process, NULL) &&
          port_has_socket (process, search))
        search->process = process;
    }
}

/* Whether all sockets have one owner: of several processes nothing says which is in the way, so
 * none is named. */
static gboolean
have_one_owner (GArray *inodes,
                Search *search)
{
  guint64 owner = 0;

  for (guint i = 0; i < inodes->len; i++)
    {
      search->inode = g_array_index (inodes, guint64, i);
      search->process = 0;
      find_process (search);
      if (i > 0 && search->process != owner)
        return FALSE;
      owner = search->process;
    }
  return owner != 0;
}

/* Quotes the name of a program, which chooses it, so it may have any byte. */
static char *
port_quote (const char *name)
{
  g_autofree char *escaped = wsi_text_escape_line (name, WSI_CHARSET_UTF8);
  GString *text = g_string_new (escaped);

  g_string_replace (text, "\"", "\\\"", 0);
  g_string_prepend_c (text, '"');
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

/* The kernel appends a line end.  The number may be another process's by now, or its program may
 * have handed the socket on: then the name is not that of the owner. */
static char *
port_dup_name (guint64 process,
               guint64 inode)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GUINT64_FORMAT "/comm", process);
  g_autofree char *name = NULL;
  Search again = { .inode = inode };
  gsize length;

  if (!port_has_socket (process, &again) || !g_file_get_contents (path, &name, &length, NULL))
    return NULL;

  if (g_str_has_suffix (name, "\n"))
    name[length - 1] = '\0';
  return port_quote (name);
}

char *
wsi_port_dup_owner (guint    port,
                    guint64 *process)
{
  Search search = { 0 };
  g_autoptr (GArray) inodes = g_array_new (FALSE, FALSE, sizeof (guint64));

  add_inodes (inodes, "/proc/net/tcp", port);
  add_inodes (inodes, "/proc/net/tcp6", port);
  if (!have_one_owner (inodes, &search))
    return NULL;

  *process = search.process;
  return port_dup_name (search.process, search.inode);
}

static gboolean
port_is_free (const char *host,
              guint16     port,
              GError    **error)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  g_autoptr (GSocket) socket = NULL;

  if (address == NULL)
    return FALSE;

  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  return socket != NULL && g_socket_bind (socket, address, FALSE, error);
}

/* Whether a port is free on the loopback addresses; a computer may have no IPv6: then only the
 * other address counts. */
static gboolean
is_free_on_loopback (guint16 port)
{
  g_autoptr (GError) error = NULL;

  port_is_free ("::1", port, &error);
  return port_is_free ("127.0.0.1", port, NULL) &&
         !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

guint16
wsi_port_find_free (const char *host,
                    guint16     port)
{
  const guint n_tries = MIN (MAX_TRIES, G_MAXUINT16 - port);

  for (guint i = 1; i <= n_tries; i++)
    if (host != NULL ? port_is_free (host, port + i, NULL) : is_free_on_loopback (port + i))
      return port + i;
  return 0;
}
