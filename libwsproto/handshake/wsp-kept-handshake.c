/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A handshake as one block: most programs never ask for the handshake of an open connection.
 *
 * The bytes of the block are, in this order: the object of has_address (a pointer with a
 * reference), the times of a client, the address without the zeros at its end, the target of a
 * server's request and its NUL, the fields of the request, the fields of the response.  A field is
 * its name and its value, each with its NUL.
 *
 * A server keeps only the program's fields of the response: the others follow from the request and
 * from what the session has negotiated.  The session has the subprotocol, and the connection the
 * URI and the certificate of the peer, of which an object takes 15 kB.
 *
 * docs/rationales/opening-handshake.md has the reasons. */
#include "handshake/wsp-kept-handshake-private.h"

#include <string.h>

#include "core/handshake/token-list.h"
#include "handshake/wsp-handshake-parts-private.h"
#include "http/wsp-headers-private.h"

struct _WspKeptHandshake
{
  WspDeflateOptions *deflate;   /* settings of permessage-deflate; NULL: off */
  guint32 n_request, n_response;        /* numbers of header fields of the request and the
                                           response */
  GQuark  route;
  guint16 status;
  guint8  native_length;        /* length of the peer's address as a struct sockaddr, in bytes */
  guint8  n_native;             /* role of the program in the handshake (WspRole) */
  guint8  role : 1;             /* WspRole */
  guint8  has_offer : 1;        /* a client has offered subprotocols: the list is not NULL */
  guint8  has_address : 1;      /* the peer's address is kept as an object; else native_length, or
                                   there is no address */
  guint8  bytes[];
};

#define HEAD_SIZE G_STRUCT_OFFSET (WspKeptHandshake, bytes)      /* less than sizeof */

typedef struct                  /* a block that is being made; its parts are visited twice */
{
  WspKeptHandshake *made;       /* NULL: the parts are only measured */
  gsize             length;     /* length of the parts so far */
} KeptBlock;

static inline void
kept_handshake_append (KeptBlock    *block,
                       gconstpointer at,
                       gsize         length)
{
  if (block->made != NULL && length > 0)
    memcpy ((guint8 *) block->made + block->length, at, length);
  block->length += length;
}

static inline void
kept_handshake_append_text (KeptBlock *block,
                            WscBytes   text)
{
  kept_handshake_append (block, text.at, text.length);
  kept_handshake_append (block, "", 1);
}

static void
append_fields (KeptBlock *block,
               WscFields  fields)
{
  for (gsize i = 0; i < fields.n; i++)
    {
      kept_handshake_append_text (block, fields.at[i].name);
      kept_handshake_append_text (block, fields.at[i].value);
    }
}

/* The head is copied to the measured block; the parts follow it. */
static void
kept_handshake_allocate (KeptBlock              *block,
                         const WspKeptHandshake *head)
{
  block->made = g_malloc (block->length);
  memcpy (block->made, head, HEAD_SIZE);
  block->length = HEAD_SIZE;
  if (head->deflate != NULL)
    g_object_ref (head->deflate);
}

static void
set_native (WspKeptHandshake *head,
            const guint8     *address,
            gsize             length)
{
  gsize n = length;

  while (n > 0 && address[n - 1] == 0)
    n--;
  head->native_length = (guint8) length;
  head->n_native = (guint8) n;
}

static void
append_accepted (KeptBlock                *block,
                 const WspKeptHandshake   *head,
                 const WspAcceptedRequest *request)
{
  kept_handshake_append (block, request->address, head->n_native);
  kept_handshake_append_text (block, request->target);
  append_fields (block, request->fields);
}

WspKeptHandshake *
wsp_kept_handshake_new_for_request (const WspAcceptedRequest *request)
{
  KeptBlock block = { NULL, HEAD_SIZE };
  WspKeptHandshake head = {
    .deflate = request->deflate, .n_request = (guint32) request->fields.n,
    .route = request->route, .status = WSP_STATUS_ACCEPTED, .role = WSP_ROLE_SERVER,
  };

  set_native (&head, request->address, request->address_length);
  append_accepted (&block, &head, request);
  kept_handshake_allocate (&block, &head);
  append_accepted (&block, &head, request);
  return block.made;
}

static void
note_data (GQuark   key,
           gpointer data,
           gpointer has_data)
{
  *(gboolean *) has_data = TRUE;
}

static gboolean
is_known_elsewhere (WspHandshake *self)
{
  GObject *object = G_OBJECT (self);
  gboolean has_data = FALSE;

  g_datalist_foreach (&object->qdata, note_data, &has_data);
  return has_data || g_atomic_int_get (&object->ref_count) > 1;
}

static gboolean
is_of_open_connection (WspHandshake *self)
{
  if (self->body != NULL)
    return FALSE;

  wsp_handshake_ensure_request (self);
  if (self->role == WSP_ROLE_CLIENT)
    return self->request != NULL && self->response != NULL;

  return self->path != NULL;
}

/* The address of an IP network becomes bytes, as a listener has it. */
static void
forget_address_object (WspHandshake *self)
{
  GSocketAddress *address = self->remote_address;

  if (address == NULL || G_OBJECT_TYPE (address) != G_TYPE_INET_SOCKET_ADDRESS)
    return;

  self->native_length = (guint) g_socket_address_get_native_size (address);
  g_assert (self->native_length <= sizeof self->native_address);
  (void) g_socket_address_to_native (address, self->native_address, sizeof self->native_address,
                                     NULL);
  g_clear_object (&self->remote_address);
}

static WscHeader *
kept_handshake_view_headers (WspHeaders *headers,
                             WscFields  *fields)
{
  WscHeader *view = headers != NULL ? wsp_headers_view (headers, &fields->n) : NULL;

  fields->at = view;
  return view;
}

static void
append_handshake (KeptBlock              *block,
                  const WspKeptHandshake *head,
                  WspHandshake           *handshake,
                  const char             *target,
                  const WscFields         fields[2])
{
  if (head->has_address)
    kept_handshake_append (block, &handshake->remote_address, sizeof handshake->remote_address);
  if (head->role == WSP_ROLE_CLIENT)
    kept_handshake_append (block, handshake->times, sizeof handshake->times);
  kept_handshake_append (block, handshake->native_address, head->n_native);
  if (head->role == WSP_ROLE_SERVER)
    kept_handshake_append_text (block, wsc_text (target));
  append_fields (block, fields[0]);
  append_fields (block, fields[1]);
}

WspKeptHandshake *
wsp_kept_handshake_new (WspHandshake *handshake)
{
  KeptBlock block = { NULL, HEAD_SIZE };
  WspKeptHandshake head = {
    .deflate = handshake->deflate, .route = handshake->route,
    .status = (guint16) handshake->status, .role = handshake->role,
  };
  WscFields fields[2] = { { NULL, 0 }, { NULL, 0 } };   /* of the request, of the response */

  if (is_known_elsewhere (handshake) || !is_of_open_connection (handshake))
    return NULL;

  gboolean is_server = handshake->role == WSP_ROLE_SERVER;
  g_autofree char *target = is_server ? wsp_handshake_dup_target (handshake) : NULL;
  g_autofree WscHeader *request = kept_handshake_view_headers (handshake->request, &fields[0]);
  g_autofree WscHeader *response =
    kept_handshake_view_headers (is_server ? handshake->custom : handshake->response, &fields[1]);

  forget_address_object (handshake);
  set_native (&head, handshake->native_address, handshake->native_length);
  head.has_address = handshake->native_length == 0 && handshake->remote_address != NULL;
  head.has_offer = handshake->subprotocols != NULL;
  head.n_request = (guint32) fields[0].n;
  head.n_response = (guint32) fields[1].n;
  append_handshake (&block, &head, handshake, target, fields);
  kept_handshake_allocate (&block, &head);
  append_handshake (&block, &head, handshake, target, fields);
  if (head.has_address)
    g_object_ref (handshake->remote_address);
  return block.made;
}

static WscBytes
kept_handshake_take_text (const guint8 **at)
{
  WscBytes text = wsc_text ((const char *) *at);

  *at += text.length + 1;
  return text;
}

static WspHeaders *
take_headers (const guint8 **at,
              guint32        n_fields)
{
  WspHeaders *headers = wsp_headers_new ();

  for (guint32 i = 0; i < n_fields; i++)
    {
      WscHeader field;

      field.name = kept_handshake_take_text (at);
      field.value = kept_handshake_take_text (at);
      wsp_headers_add_fields (headers, &field, 1);
    }

  return headers;
}

static void
kept_handshake_take_bytes (const guint8 **at,
                           gpointer       to,
                           gsize          length)
{
  memcpy (to, *at, length);
  *at += length;
}

/* The reference stays that of the block. */
static const guint8 *
kept_handshake_take_address (WspKeptHandshake *self,
                             GSocketAddress  **address)
{
  const guint8 *at = self->bytes;

  if (self->has_address)
    kept_handshake_take_bytes (&at, address, sizeof *address);
  return at;
}

static void
restore_client (WspKeptHandshake *self,
                WspHandshake     *made,
                const guint8    **at)
{
  g_autoptr (WspHeaders) request = take_headers (at, self->n_request);
  g_autoptr (WspHeaders) response = take_headers (at, self->n_response);

  if (self->has_offer)
    {
      g_autofree WscHeader *view = NULL;
      WscFields fields;

      fields.at = view = wsp_headers_view (request, &fields.n);
      made->subprotocols = wsp_handshake_list_protocols (fields);
    }
  wsp_handshake_keep_headers (&made->request, request);
  wsp_handshake_keep_headers (&made->response, response);
}

static void
restore_server (WspKeptHandshake *self,
                WspHandshake     *made,
                WspSession       *session,
                const guint8    **at)
{
  WscBytes target = kept_handshake_take_text (at);
  g_autoptr (WspHeaders) request = take_headers (at, self->n_request);
  g_autoptr (WspHeaders) custom = take_headers (at, self->n_response);

  wsp_handshake_set_request (made, wsc_text ("GET"), target, request);
  if (self->n_response > 0)
    wsp_handshake_keep_headers (&made->custom, custom);
  made->is_agreed = TRUE;
  made->extensions = g_strdupv ((char **) wsp_session_get_extensions (session));
}

WspHandshake *
wsp_kept_handshake_make (WspKeptHandshake *self,
                         WspSession       *session,
                         const char       *uri)
{
  WspHandshake *made = g_object_new (WSP_TYPE_HANDSHAKE, NULL);
  GSocketAddress *address = NULL;
  const guint8 *at = kept_handshake_take_address (self, &address);

  made->role = self->role;
  made->uri = uri != NULL ? wsp_uri_parse (uri, NULL) : NULL;
  made->route = self->route;
  made->status = self->status;
  made->is_ended = TRUE;
  made->subprotocol = g_strdup (wsp_session_get_subprotocol (session));
  g_set_object (&made->deflate, self->deflate);
  g_set_object (&made->remote_address, address);
  if (self->role == WSP_ROLE_CLIENT)
    kept_handshake_take_bytes (&at, made->times, sizeof made->times);
  made->native_length = self->native_length;
  kept_handshake_take_bytes (&at, made->native_address, self->n_native);
  if (self->role == WSP_ROLE_CLIENT)
    restore_client (self, made, &at);
  else
    restore_server (self, made, session, &at);
  return made;
}

GQuark
wsp_kept_handshake_get_route (const WspKeptHandshake *self)
{
  return self->route;
}

void
wsp_kept_handshake_free (WspKeptHandshake *self)
{
  GSocketAddress *address = NULL;

  (void) kept_handshake_take_address (self, &address);
  g_clear_object (&address);
  g_clear_object (&self->deflate);
  g_free (self);
}
