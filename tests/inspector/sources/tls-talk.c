/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "tls-talk.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#define DAY (24 * 60 * 60)

struct _TlsTalkPeers
{
  gnutls_certificate_credentials_t client, server;
  gnutls_datum_t          ticket_key;
  gnutls_anti_replay_t    anti_replay;
  gnutls_datum_t          session;      /* session that the client resumes; data NULL: none */
  GHashTable             *sessions;     /* sessions that the server keeps (GBytes to GBytes) */
};

typedef struct
{
  TlsTalk         *talk;
  gnutls_session_t session;
  GByteArray      *received;
  GByteArray     **to;          /* bytes that the other end has received */
  TlsTalkSide      side;
} End;

static void
check (int result)
{
  if (result < 0)
    g_error ("GnuTLS: %s", gnutls_strerror (result));
}

static void
make_certificate (gnutls_certificate_credentials_t credentials)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;

  check (gnutls_x509_privkey_init (&key));
  check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  check (gnutls_x509_crt_init (&certificate));
  check (gnutls_x509_crt_set_version (certificate, 3));
  check (gnutls_x509_crt_set_key (certificate, key));
  check (gnutls_x509_crt_set_serial (certificate, "\1", 1));
  check (gnutls_x509_crt_set_dn (certificate, "CN=server.example", NULL));
  check (gnutls_x509_crt_set_activation_time (certificate, time (NULL) - DAY));
  check (gnutls_x509_crt_set_expiration_time (certificate, time (NULL) + DAY));
  check (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0));
  check (gnutls_certificate_set_x509_key (credentials, &certificate, 1, key));
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
}

TlsTalkPeers *
tls_talk_peers_new (void)
{
  TlsTalkPeers *self = g_new0 (TlsTalkPeers, 1);

  check (gnutls_certificate_allocate_credentials (&self->client));
  check (gnutls_certificate_allocate_credentials (&self->server));
  make_certificate (self->server);
  check (gnutls_session_ticket_key_generate (&self->ticket_key));
  check (gnutls_anti_replay_init (&self->anti_replay));
  self->sessions = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                          (GDestroyNotify) g_bytes_unref,
                                          (GDestroyNotify) g_bytes_unref);
  return self;
}

void
tls_talk_peers_free (TlsTalkPeers *self)
{
  gnutls_certificate_free_credentials (self->client);
  gnutls_certificate_free_credentials (self->server);
  gnutls_anti_replay_deinit (self->anti_replay);
  gnutls_free (self->ticket_key.data);
  gnutls_free (self->session.data);
  g_hash_table_unref (self->sessions);
  g_free (self);
}

static int
store_session (void          *peers,
               gnutls_datum_t key,
               gnutls_datum_t data)
{
  g_hash_table_replace (((TlsTalkPeers *) peers)->sessions, g_bytes_new (key.data, key.size),
                        g_bytes_new (data.data, data.size));
  return 0;
}

static gnutls_datum_t
find_session (void          *peers,
              gnutls_datum_t key)
{
  g_autoptr (GBytes) id = g_bytes_new (key.data, key.size);
  GBytes *found = g_hash_table_lookup (((TlsTalkPeers *) peers)->sessions, id);
  gnutls_datum_t data = { NULL, 0 };

  if (found != NULL)
    {
      data.size = (guint) g_bytes_get_size (found);
      data.data = gnutls_malloc (data.size);
      memcpy (data.data, g_bytes_get_data (found, NULL), data.size);
    }
  return data;
}

/* Each early ticket is seen once. */
static int
note_ticket (void                 *unused,
             time_t                expires,
             const gnutls_datum_t *key,
             const gnutls_datum_t *data)
{
  return 0;
}

static void
talk_write_free (gpointer data)
{
  TlsTalkWrite *self = data;

  g_byte_array_unref (self->bytes);
  g_free (self);
}

static ssize_t
push (gnutls_transport_ptr_t transport,
      const void            *at,
      size_t                 length)
{
  End *self = transport;
  TlsTalkWrite *written = g_new0 (TlsTalkWrite, 1);

  written->side = self->side;
  written->bytes = g_byte_array_append (g_byte_array_new (), at, (guint) length);
  g_ptr_array_add (self->talk->writes, written);
  g_byte_array_append (*self->to, at, (guint) length);
  return (ssize_t) length;
}

static ssize_t
pull (gnutls_transport_ptr_t transport,
      void                  *to,
      size_t                 length)
{
  End *self = transport;
  const size_t n = MIN (length, self->received->len);

  if (n == 0)
    {
      gnutls_transport_set_errno (self->session, EAGAIN);
      return -1;
    }
  memcpy (to, self->received->data, n);
  g_byte_array_remove_range (self->received, 0, (guint) n);
  return (ssize_t) n;
}

static int
is_readable (gnutls_transport_ptr_t transport,
             unsigned int           timeout_ms)
{
  return ((End *) transport)->received->len > 0;
}

static void
append_hex (GString              *text,
            const gnutls_datum_t *bytes)
{
  for (guint i = 0; i < bytes->size; i++)
    g_string_append_printf (text, "%02x", bytes->data[i]);
}

static int
note_secret (gnutls_session_t      session,
             const char           *label,
             const gnutls_datum_t *secret)
{
  End *self = gnutls_session_get_ptr (session);
  gnutls_datum_t client, server;

  gnutls_session_get_random (session, &client, &server);
  g_string_append_printf (self->talk->key_log, "%s ", label);
  append_hex (self->talk->key_log, &client);
  g_string_append_c (self->talk->key_log, ' ');
  append_hex (self->talk->key_log, secret);
  g_string_append_c (self->talk->key_log, '\n');
  return 0;
}

static void
end_init (End                             *self,
          TlsTalk                         *talk,
          TlsTalkSide                      side,
          GByteArray                     **to,
          guint                            flags,
          const char                      *priorities,
          const char                      *protocol,
          gnutls_certificate_credentials_t credentials)
{
  const gnutls_datum_t name = { (guint8 *) protocol, protocol != NULL ? strlen (protocol) : 0 };

  self->talk = talk;
  self->side = side;
  self->received = g_byte_array_new ();
  self->to = to;
  check (gnutls_init (&self->session,
                      flags | GNUTLS_NONBLOCK | (side == TLS_TALK_CLIENT ? GNUTLS_CLIENT
                                                                         : GNUTLS_SERVER)));
  gnutls_session_set_ptr (self->session, self);
  check (gnutls_priority_set_direct (self->session, priorities, NULL));
  check (gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, credentials));
  if (protocol != NULL)
    check (gnutls_alpn_set_protocols (self->session, &name, 1, 0));
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_push_function (self->session, push);
  gnutls_transport_set_pull_function (self->session, pull);
  gnutls_transport_set_pull_timeout_function (self->session, is_readable);
}

static void
end_clear (End *self)
{
  gnutls_deinit (self->session);
  g_byte_array_unref (self->received);
}

static void
shake_hands (End *ends)
{
  gboolean is_done[] = { FALSE, FALSE };

  for (guint n = 0; !is_done[0] || !is_done[1]; n++)
    {
      const guint i = n % 2;
      const int result = is_done[i] ? 0 : gnutls_handshake (ends[i].session);

      g_assert_cmpuint (n, <, 100);
      if (result < 0 && gnutls_error_is_fatal (result))
        check (result);
      is_done[i] |= result == 0;
    }
}

/* Reads what has come, so that tickets and updates of keys are taken. */
static void
drain (End *self)
{
  guint8 block[1024];
  ssize_t result = 1;

  while (result > 0)
    result = gnutls_record_recv (self->session, block, sizeof block);
  if (result < 0 && gnutls_error_is_fatal ((int) result))
    check ((int) result);
}

static void
send_text (TlsTalk    *talk,
           End        *self,
           const char *text)
{
  check ((int) gnutls_record_send (self->session, text, strlen (text)));
  ((TlsTalkWrite *) talk->writes->pdata[talk->writes->len - 1])->n_content = strlen (text);
}

static void
send_inner (End           *ends,
            const TlsTalk *inner)
{
  for (guint i = 0; i < inner->writes->len; i++)
    {
      const TlsTalkWrite *written = inner->writes->pdata[i];

      check ((int) gnutls_record_send (ends[written->side].session, written->bytes->data,
                                       written->bytes->len));
      drain (&ends[!written->side]);
    }
}

static void
play (TlsTalk           *talk,
      End               *ends,
      const TlsTalkPlan *plan,
      const char        *step)
{
  if (*step == '>')
    send_text (talk, &ends[TLS_TALK_CLIENT], step + 1);
  else if (*step == '<')
    send_text (talk, &ends[TLS_TALK_SERVER], step + 1);
  else if (g_str_equal (step, "ku"))
    check (gnutls_session_key_update (ends[TLS_TALK_CLIENT].session, GNUTLS_KU_PEER));
  else if (g_str_equal (step, "kU"))
    check (gnutls_session_key_update (ends[TLS_TALK_SERVER].session, 0));
  else if (g_str_equal (step, "re"))
    shake_hands (ends);
  else if (g_str_equal (step, "in"))
    send_inner (ends, plan->inner);
  else
    g_assert_not_reached ();
  drain (&ends[TLS_TALK_SERVER]);
  drain (&ends[TLS_TALK_CLIENT]);
}

static void
set_up_client (TlsTalkPeers      *peers,
               End               *self,
               const TlsTalkPlan *plan)
{
  static const char early[] = "early ";

  check (gnutls_server_name_set (self->session, GNUTLS_NAME_DNS, "server.example",
                                 strlen ("server.example")));
  gnutls_session_set_keylog_function (self->session, note_secret);
  if (peers->session.data == NULL)
    return;

  check (gnutls_session_set_data (self->session, peers->session.data, peers->session.size));
  if (plan->has_early_data)
    check ((int) gnutls_record_send_early_data (self->session, early, strlen (early)));
}

static void
set_up_server (TlsTalkPeers      *peers,
               End               *self,
               const TlsTalkPlan *plan)
{
  if (plan->has_session_ids)
    {
      gnutls_db_set_ptr (self->session, peers);
      gnutls_db_set_store_function (self->session, store_session);
      gnutls_db_set_retrieve_function (self->session, find_session);
    }
  else
    {
      check (gnutls_session_ticket_enable_server (self->session, &peers->ticket_key));
    }
  if (!plan->accepts_early_data)
    return;

  gnutls_anti_replay_set_add_function (peers->anti_replay, note_ticket);
  gnutls_anti_replay_enable (self->session, peers->anti_replay);
  check (gnutls_record_set_max_early_data_size (self->session, 1024));
}

TlsTalk *
tls_talk_new (TlsTalkPeers      *peers,
              const TlsTalkPlan *plan)
{
  TlsTalk *self = g_new0 (TlsTalk, 1);
  End ends[2] = { 0 };
  const char *separator = plan->separator != NULL ? plan->separator : " ";
  g_auto (GStrv) steps = g_strsplit (plan->script, separator, -1);

  self->writes = g_ptr_array_new_with_free_func (talk_write_free);
  self->key_log = g_string_new (NULL);
  end_init (&ends[0], self, TLS_TALK_CLIENT, &ends[1].received,
            plan->has_early_data ? GNUTLS_ENABLE_EARLY_START : 0, plan->client, plan->protocol,
            peers->client);
  end_init (&ends[1], self, TLS_TALK_SERVER, &ends[0].received,
            (plan->accepts_early_data ? GNUTLS_ENABLE_EARLY_DATA : 0) |
            (plan->has_session_ids ? GNUTLS_NO_TICKETS : 0),
            plan->server != NULL ? plan->server : plan->client, plan->protocol, peers->server);
  set_up_client (peers, &ends[0], plan);
  set_up_server (peers, &ends[1], plan);
  shake_hands (ends);
  self->is_resumed = gnutls_session_is_resumed (ends[0].session) != 0;
  for (guint i = 0; steps[i] != NULL; i++)
    play (self, ends, plan, steps[i]);

  gnutls_free (peers->session.data);
  check (gnutls_session_get_data2 (ends[0].session, &peers->session));
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    end_clear (&ends[i]);
  return self;
}

void
tls_talk_free (TlsTalk *self)
{
  g_ptr_array_unref (self->writes);
  g_string_free (self->key_log, TRUE);
  g_free (self);
}
