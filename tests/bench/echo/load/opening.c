/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The opening handshake, with the key and the accept value of RFC 6455 1.3. */

#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define HEAD_CAPACITY 4096
#define ACCEPT        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static const char request[] =
  "GET /chat HTTP/1.1\r\n"
  "Host: localhost\r\n"
  "Upgrade: websocket\r\n"
  "Connection: Upgrade\r\n"
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
  "Sec-WebSocket-Version: 13\r\n"
  "%s\r\n";
static const char offer[] =
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

static int
read_bits (const char *line,
           const char *name)
{
  const char *at = strcasestr (line, name);

  if (at == NULL || at[strlen (name)] != '=')
    return 15;
  return atoi (at + strlen (name) + 1 + (at[strlen (name) + 1] == '"'));
}

void
load_deflate_parse (LoadDeflate *self,
                    const char  *head)
{
  const char *at = strcasestr (head, "\r\nsec-websocket-extensions:");
  char line[200] = "";

  if (at != NULL)
    snprintf (line, sizeof line, "%.*s", (int) strcspn (at + 2, "\r"), at + 2);
  self->is_on = strcasestr (line, "permessage-deflate") != NULL;
  self->client_takes_over = strcasestr (line, "client_no_context_takeover") == NULL;
  self->server_takes_over = strcasestr (line, "server_no_context_takeover") == NULL;
  self->client_window_bits = read_bits (line, "client_max_window_bits");
  self->server_window_bits = read_bits (line, "server_max_window_bits");
}

static void
check_head (LoadConnection *self,
            Load           *load)
{
  if (strncmp (self->head, "HTTP/1.1 101 ", 13) != 0)
    load_fail ("the server answers \"%.*s\"", (int) strcspn (self->head, "\r"), self->head);
  if (strstr (self->head, ACCEPT) == NULL)
    load_fail ("the server answers with a wrong Sec-WebSocket-Accept");
  load_deflate_parse (&load->deflate, self->head);
  if (load->options->offers_deflate && !load->deflate.is_on)
    load_fail ("the server does not take up permessage-deflate");
}

static void
ask (LoadConnection *self,
     Load           *load)
{
  char text[sizeof request + sizeof offer];
  const int length =
    snprintf (text, sizeof text, request, load->options->offers_deflate ? offer : "");

  if (load_connection_write (self, text, (size_t) length) != (size_t) length)
    load_fail ("a request is not taken whole");
  self->head = load_alloc (HEAD_CAPACITY);
  self->state = LOAD_ASKING;
  load_watch (load, self, EPOLLIN);
}

static LoadProgress
read_answer (LoadConnection *self,
             Load           *load)
{
  const size_t n = load_connection_read (self, (uint8_t *) self->head + self->n_head,
                                         HEAD_CAPACITY - 1 - self->n_head);
  const char *end;

  self->n_head += n;
  end = strstr (self->head, "\r\n\r\n");
  if (end == NULL && self->n_head == HEAD_CAPACITY - 1)
    load_fail ("an answer is too long");
  if (end == NULL)
    return LOAD_MORE;
  if (end + 4 != self->head + self->n_head)
    load_fail ("the server speaks first");
  check_head (self, load);
  free (self->head);
  self->head = NULL;
  self->state = LOAD_OPEN;
  return LOAD_DONE;
}

static void
end_connecting (LoadConnection *self,
                Load           *load)
{
  int error = 0;
  socklen_t length = sizeof error;

  getsockopt (self->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0)
    load_fail ("connect: %s", strerror (error));
  if (load->tls == NULL)
    {
      ask (self, load);
      return;
    }
  load_tls_begin (self, load);
  self->state = LOAD_SECURING;
}

LoadProgress
load_connection_open (LoadConnection *self,
                      Load           *load)
{
  if (self->state == LOAD_CONNECTING)
    end_connecting (self, load);
  if (self->state == LOAD_SECURING && load_tls_secure (self, load) == LOAD_DONE)
    ask (self, load);
  if (self->state == LOAD_ASKING)
    return read_answer (self, load);
  return LOAD_MORE;
}
