/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/knock.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

gboolean
knock_leaves_tls_to_gio (void)
{
  return g_strcmp0 (g_getenv ("WSP_TLS"), "gio") == 0;
}

int
knock_dial_address (GSocketAddress *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                             &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_connect (socket, address, NULL, &error));
  int fd = dup (g_socket_get_fd (socket));

  g_assert_true (g_unix_set_fd_nonblocking (fd, TRUE, NULL));
  return fd;
}

int
knock_dial (guint16 port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);

  return knock_dial_address (address);
}

void
knock_send (int         fd,
            const char *text)
{
  const char *end = text + strlen (text);

  while (text < end)
    {
      gssize n = send (fd, text, end - text, MSG_NOSIGNAL);

      g_assert_true (n > 0 || errno == EAGAIN || errno == EINTR);
      text += MAX (n, 0);
    }
}

char *
knock_read (int         fd,
            const char *end)
{
  GString *answer = g_string_new (NULL);
  char byte;

  while (end == NULL || !g_str_has_suffix (answer->str, end))
    {
      gssize n = read (fd, &byte, 1);

      if (n == 0)
        break;
      if (n == 1)
        g_string_append_c (answer, byte);
      else
        g_main_context_iteration (NULL, FALSE);
    }

  return g_string_free (answer, FALSE);
}

int
knock_join (guint16 port)
{
  int fd = knock_dial (port);

  knock_send (fd, KNOCK_REQUEST (""));
  g_free (knock_read (fd, "\r\n\r\n"));
  return fd;
}

char *
knock_ask (guint16     port,
           const char *request,
           const char *end)
{
  int fd = knock_dial (port);

  knock_send (fd, request);
  char *answer = knock_read (fd, end);

  close (fd);
  return answer;
}

static gboolean
watches_network (int fd)
{
  int domain;
  socklen_t length = sizeof domain;

  return getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_NETLINK;
}

/* Duplicates of sockets and epoll sets, as direct watches have them, are not counted.  Nor is the
 * socket by which a thread of the client begins to watch the network, soon or late. */
guint
knock_count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  g_autoptr (GHashTable) sockets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_others = 0;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *file = g_file_read_link (path, NULL);

      if (file == NULL || watches_network ((int) g_ascii_strtoll (name, NULL, 10)))
        continue;

      if (g_str_has_prefix (file, "socket:"))
        g_hash_table_add (sockets, g_steal_pointer (&file));
      else
        n_others += strcmp (file, "anon_inode:[eventpoll]") != 0;
    }

  return g_hash_table_size (sockets) + n_others;
}
