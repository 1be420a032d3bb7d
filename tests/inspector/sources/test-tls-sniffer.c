/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* TLS connections of GnuTLS, of which the sniffer sees the bytes and the key log: whole, cut, with
 * bytes missing or changed, with keys that come late, twice or not at all. */

#include <inspect/sources/tls/wsi-tls-report.h>
#include <inspect/sources/tls/wsi-tls-sniffer.h>
#include <string.h>

#include "tls-talk.h"

#define ALL (-1)

typedef struct
{
  WsiKeyLog       *keys;
  WsiKeyLogLine    line;
  WsiTlsSniffer   *sniffer;
  WsiTcpCounts     counts;
  WsiTcpConnection connection;
  GString         *heard;       /* text of the events that the next listener has received */
  char             last;        /* kind of the last event: bytes of a side, or something else */
  char            *security;
  GString         *closed;      /* server names of connections whose keys are missing */
  guint            n_ended;     /* number of calls about the end of a side */
} Scene;

/* The next listener may keep the address of a connection. */
static void
check_connection (WsiTcpConnection *connection)
{
  if (connection->data == NULL)
    connection->data = connection;
  g_assert_true (connection->data == connection);
}

/* Bytes of one side in a row are one word. */
static void
note_bytes (WsiTcpConnection *connection,
            guint             side,
            const guint8     *at,
            gsize             length,
            gint64            time_us,
            gpointer          user_data)
{
  Scene *self = user_data;
  const char mark = side == TLS_TALK_CLIENT ? '>' : '<';

  check_connection (connection);
  if (self->last != mark)
    g_string_append_printf (self->heard, "%s%c", self->heard->len > 0 ? " " : "", mark);
  self->last = mark;
  g_string_append_len (self->heard, (const char *) at, (gssize) length);
  g_free (self->security);
  self->security = g_strdup (connection->security);
}

static void
note_gap (WsiTcpConnection *connection,
          guint             side,
          guint64           length,
          gint64            time_us,
          gpointer          user_data)
{
  Scene *self = user_data;
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, length);

  check_connection (connection);
  g_string_append_printf (self->heard, " %c!%s", side == TLS_TALK_CLIENT ? '>' : '<',
                          length == WSI_TCP_UNKNOWN_LENGTH ? "?" : number);
  self->last = '!';
}

static void
note_end (WsiTcpConnection *connection,
          guint             side,
          WsiTcpEnd         how,
          gint64            time_us,
          gpointer          user_data)
{
  Scene *self = user_data;

  g_string_append_printf (self->heard, " %c.", side == TLS_TALK_CLIENT ? '>' : '<');
  self->last = '.';
}

static void
note_close (WsiTcpConnection *connection,
            WsiTcpClose       why,
            gint64            time_us,
            gpointer          user_data)
{
  check_connection (connection);
  g_string_append (((Scene *) user_data)->heard, " X");
}

/* The first bytes that a side sends in these tests. */
static gboolean
is_beginning (const guint8 *at,
              gsize         length,
              gpointer      user_data)
{
  return length >= 3 && (memcmp (at, "get", 3) == 0 || memcmp (at, "101", 3) == 0);
}

static const WsiTcpListener listener = {
  note_bytes, note_gap, note_end, note_close, is_beginning,
};

static GObject *
note_closed (WsiTcpConnection *connection,
             const char       *name,
             gint64            time_us,
             gpointer          user_data)
{
  g_string_append_printf (((Scene *) user_data)->closed, "%s;", name);
  return g_object_new (G_TYPE_OBJECT, NULL);
}

static void
note_row_end (GObject          *row,
              WsiTcpConnection *connection,
              guint             side,
              gpointer          user_data)
{
  ((Scene *) user_data)->n_ended++;
  g_assert_true (connection->directions[side].has_ended);
}

static const WsiTlsClosedFuncs closed_funcs = { note_closed, note_row_end };

static void
begin_connection (Scene *self)
{
  const WsiSegment first = {
    .source = { { 192, 0, 2, 1 }, 4000, G_SOCKET_FAMILY_IPV4 },
    .destination = { { 192, 0, 2, 2 }, 443, G_SOCKET_FAMILY_IPV4 },
  };

  wsi_tcp_connection_init (&self->connection, &first, &wsi_tls_sniffer_listener, self->sniffer,
                           &self->counts);
  self->connection.client = TLS_TALK_CLIENT;
  g_string_truncate (self->heard, 0);
  self->last = 0;
}

static void
scene_init (Scene *self)
{
  memset (self, 0, sizeof *self);
  self->keys = wsi_key_log_new ();
  self->sniffer = wsi_tls_sniffer_new (self->keys, &listener, self, &closed_funcs, self);
  self->heard = g_string_new (NULL);
  self->closed = g_string_new (NULL);
  begin_connection (self);
}

static void
scene_clear (Scene *self)
{
  wsi_tcp_connection_clear (&self->connection);
  wsi_tls_sniffer_free (self->sniffer);
  wsi_key_log_free (self->keys);
  g_string_free (self->heard, TRUE);
  g_string_free (self->closed, TRUE);
  g_free (self->security);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
add_keys (Scene      *self,
          const char *text)
{
  wsi_key_log_append (self->keys, &self->line, (const guint8 *) text, strlen (text));
}

static void
pass (Scene        *self,
      guint         side,
      const guint8 *at,
      gsize         length,
      gsize         piece)
{
  while (length > 0 && !self->connection.is_ignored)
    {
      const gsize n = MIN (length, piece);
      g_autofree guint8 *copy = g_memdup2 (at, n);      /* a read behind it is seen */

      wsi_tls_sniffer_listener.bytes (&self->connection, side, copy, n, 1, self->sniffer);
      at += n;
      length -= n;
    }
}

/* All writes; left_out: ALL = none.  A part of the one that is left out may come before the gap. */
static void
pass_parts (Scene         *self,
            const TlsTalk *talk,
            int            left_out,
            gboolean       is_known,
            gboolean       has_half,
            gsize          piece)
{
  for (guint i = 0; i < talk->writes->len && !self->connection.is_ignored; i++)
    {
      const TlsTalkWrite *written = talk->writes->pdata[i];
      const gsize n_first = (int) i != left_out ? written->bytes->len
                            : has_half ? written->bytes->len / 2 : 0;

      pass (self, written->side, written->bytes->data, n_first, piece);
      if (n_first < written->bytes->len && !self->connection.is_ignored)
        wsi_tls_sniffer_listener.gap (&self->connection, written->side,
                                      is_known ? written->bytes->len - n_first
                                      : WSI_TCP_UNKNOWN_LENGTH, 1, self->sniffer);
    }
}

static void
pass_writes (Scene         *self,
             const TlsTalk *talk,
             int            left_out,
             gboolean       is_known,
             gsize          piece)
{
  pass_parts (self, talk, left_out, is_known, FALSE, piece);
}

static void
close_connection (Scene *self)
{
  for (guint side = 0; side < 2 && !self->connection.is_ignored; side++)
    wsi_tls_sniffer_listener.end (&self->connection, side, WSI_TCP_END_FIN, 1, self->sniffer);
  wsi_tls_sniffer_listener.close (&self->connection, WSI_TCP_CLOSE_ENDED, 1, self->sniffer);
  wsi_tls_sniffer_end (self->sniffer);
  g_assert_null (self->connection.outer);
  g_assert_cmpuint (wsi_tls_sniffer_get_n_held (self->sniffer), ==, 0);
}

#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:"
#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:"
#define TALK ">get <101 >one <two >three <four"
#define HEARD ">get <101 >one <two >three <four >. <. X"

typedef struct
{
  const char *label;
  TlsTalkPlan plan;
  guint       n_before;         /* number of earlier connections of the same peers */
  const char *heard;            /* text that the listener receives; NULL: the usual text */
  const char *security;
} Case;

static const Case cases[] = {
  { "1.3-aes-128-gcm", { TLS_1_3 "+AES-128-GCM", .script = TALK },
    .security = "TLS 1.3, TLS_AES_128_GCM_SHA256" },
  { "1.3-aes-256-gcm", { TLS_1_3 "+AES-256-GCM", .script = TALK },
    .security = "TLS 1.3, TLS_AES_256_GCM_SHA384" },
  { "1.3-chacha20", { TLS_1_3 "+CHACHA20-POLY1305", .script = TALK },
    .security = "TLS 1.3, TLS_CHACHA20_POLY1305_SHA256" },
  { "1.3-aes-128-ccm", { TLS_1_3 "+AES-128-CCM", .script = TALK },
    .security = "TLS 1.3, TLS_AES_128_CCM_SHA256" },
  { "1.3-aes-128-ccm-8", { TLS_1_3 "+AES-128-CCM-8", .script = TALK },
    .security = "TLS 1.3, TLS_AES_128_CCM_8_SHA256" },
  { "1.2-aes-128-gcm", { TLS_1_2 "+AES-128-GCM", .script = TALK },
    .security = "TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
  { "1.2-aes-256-gcm", { TLS_1_2 "+AES-256-GCM", .script = TALK },
    .security = "TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
  { "1.2-chacha20", { TLS_1_2 "+CHACHA20-POLY1305", .script = TALK },
    .security = "TLS 1.2, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
  { "1.2-aes-128-ccm", { TLS_1_2 "+AES-128-CCM", .script = TALK },
    .security = "TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_128_CCM" },
  { "1.2-aes-256-ccm-8", { TLS_1_2 "+AES-256-CCM-8", .script = TALK },
    .security = "TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8" },
  { "1.3-resumed", { TLS_1_3 "+AES-256-GCM", .script = TALK }, .n_before = 1,
    .security = "TLS 1.3, TLS_AES_256_GCM_SHA384" },
  { "1.2-resumed-by-ticket", { TLS_1_2 "+AES-128-GCM", .script = TALK }, .n_before = 1,
    .security = "TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
  { "1.2-resumed-again", { TLS_1_2 "+AES-128-GCM", .script = TALK }, .n_before = 3,
    .security = "TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
  { "1.2-resumed-by-session-id",
    { TLS_1_2 "+AES-128-GCM", .has_session_ids = TRUE, .script = TALK }, .n_before = 2,
    .security = "TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
  { "1.3-other-group",
    { TLS_1_3 "+AES-128-GCM:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1",
      TLS_1_3 "+AES-128-GCM:-GROUP-ALL:+GROUP-SECP256R1", .script = TALK },
    .security = "TLS 1.3, TLS_AES_128_GCM_SHA256" },
  { "1.3-key-updates",
    { TLS_1_3 "+AES-256-GCM", .script = ">get ku <101 >one kU <two kU ku >three <four" },
    .security = "TLS 1.3, TLS_AES_256_GCM_SHA384" },
  { "1.3-early-data-accepted",
    { TLS_1_3 "+AES-128-GCM", .has_early_data = TRUE, .accepts_early_data = TRUE, .script = TALK },
    .n_before = 1, .heard = ">early get <101 >one <two >three <four >. <. X",
    .security = "TLS 1.3, TLS_AES_128_GCM_SHA256" },
  { "1.3-early-data-rejected",
    { TLS_1_3 "+AES-128-GCM", .has_early_data = TRUE, .script = TALK },
    .n_before = 1, .security = "TLS 1.3, TLS_AES_128_GCM_SHA256" },
  { "1.2-another-handshake",
    { TLS_1_2 "+AES-128-GCM", .script = ">get <101 >one re <two >three <four" },
    .security = "TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
};

static const gsize pieces[] = { 65536, 1, 7, 1000 };

/* The connections of a case; the last one is looked at. */
static GPtrArray *
make_talks (const Case *row)
{
  GPtrArray *talks = g_ptr_array_new_with_free_func ((GDestroyNotify) tls_talk_free);
  g_autoptr (TlsTalkPeers) peers = tls_talk_peers_new ();

  for (guint i = 0; i <= row->n_before; i++)
    {
      TlsTalkPlan plan = row->plan;

      /* A client sends early data that its ticket allows, and the last server may reject them. */
      if (plan.has_early_data && i < row->n_before)
        plan.accepts_early_data = TRUE;

      TlsTalk *talk = tls_talk_new (peers, &plan);

      g_assert_cmpint (talk->is_resumed, ==, i > 0);
      g_ptr_array_add (talks, talk);
    }
  return talks;
}

static void
check_heard (Scene      *scene,
             const Case *row)
{
  g_assert_cmpstr (scene->heard->str, ==, row->heard != NULL ? row->heard : HEARD);
  g_assert_cmpstr (scene->security, ==, row->security);
}

static void
test_opened (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (GPtrArray) talks = make_talks (row);

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_auto (Scene) scene;

      scene_init (&scene);
      for (guint j = 0; j < talks->len; j++)
        {
          const TlsTalk *talk = talks->pdata[j];

          begin_connection (&scene);
          add_keys (&scene, talk->key_log->str);
          pass_writes (&scene, talk, ALL, TRUE, pieces[i]);
          close_connection (&scene);
        }
      check_heard (&scene, row);
    }
}

/* The lines come only when all bytes have passed, and nothing more comes; a line is cut. */
static void
test_late_keys (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (GPtrArray) talks = make_talks (row);
  g_auto (Scene) scene;

  scene_init (&scene);
  wsi_tls_sniffer_set_may_get_keys (scene.sniffer, TRUE);
  for (guint j = 0; j < talks->len; j++)
    {
      const TlsTalk *talk = talks->pdata[j];

      begin_connection (&scene);
      pass_writes (&scene, talk, ALL, TRUE, 65536);
      for (gsize k = 0; k < talk->key_log->len; k++)
        {
          wsi_key_log_append (scene.keys, &scene.line,
                              (const guint8 *) talk->key_log->str + k, 1);
          wsi_tls_sniffer_look_again (scene.sniffer);
        }
      close_connection (&scene);
    }
  check_heard (&scene, row);
}

/* The content that comes when one text is lost: its gap comes before the next text of its side, or
 * before the end. */
static char *
expect_without (const char *lost,
                gboolean    is_known)
{
  static const char *const texts[] = { ">get", "<101", ">one", "<two", ">three", "<four" };
  GString *heard = g_string_new (NULL);
  gboolean is_missing = FALSE;
  char last = 0;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (g_str_equal (texts[i], lost))
        {
          is_missing = TRUE;
          continue;
        }
      if (is_missing && *texts[i] == *lost)
        {
          g_string_append_printf (heard, is_known ? " %c!%zu" : " %c!?", *lost, strlen (lost) - 1);
          last = '!';
          is_missing = FALSE;
        }
      if (last == *texts[i])
        g_string_append (heard, texts[i] + 1);
      else
        g_string_append_printf (heard, "%s%s", heard->len > 0 ? " " : "", texts[i]);
      last = *texts[i];
    }
  if (is_missing && *lost == '>')
    g_string_append (heard, " >!?");
  g_string_append (heard, " >.");
  if (is_missing && *lost == '<')
    g_string_append (heard, " <!?");
  g_string_append (heard, " <. X");
  return g_string_free (heard, FALSE);
}

/* The first message of a side, on which the keys depend. */
static gboolean
is_hello (const TlsTalk *talk,
          guint          i)
{
  const TlsTalkWrite *written = talk->writes->pdata[i];

  while (i-- > 0)
    if (((TlsTalkWrite *) talk->writes->pdata[i])->side == written->side)
      return FALSE;
  return TRUE;
}

static const char *
name_text (const TlsTalkWrite *written,
           guint              *n_texts)
{
  static const char *const texts[] = { ">get", "<101", ">one", "<two", ">three", "<four" };

  return written->n_content > 0 ? texts[(*n_texts)++] : NULL;
}

/* Each write is lost in turn. */
static void
test_lost_writes (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (GPtrArray) talks = make_talks (row);
  const TlsTalk *talk = talks->pdata[talks->len - 1];
  guint n_texts = 0;

  for (guint i = 0; i < talk->writes->len; i++)
    {
      const TlsTalkWrite *lost = talk->writes->pdata[i];
      const char *text = name_text (lost, &n_texts);

      for (guint j = 0; j < 4; j++)
        {
          const gboolean is_known = (j & 1) != 0, has_half = (j & 2) != 0;
          g_autofree char *expected = text != NULL ? expect_without (text, is_known)
                                      : g_strdup (is_hello (talk, i) ? " X" : HEARD);
          g_auto (Scene) scene;

          scene_init (&scene);
          add_keys (&scene, talk->key_log->str);
          pass_parts (&scene, talk, (int) i, is_known, has_half, 65536);
          close_connection (&scene);
          g_test_message ("write %u, %u bytes from %u, %u: %s", i, lost->bytes->len, lost->side, j,
                          scene.heard->str);
          if (i == 0 && !has_half)      /* without its ClientHello it may be anything */
            g_assert_true (g_str_has_prefix (scene.heard->str, " >!"));
          else if (j < 3 || text == NULL)
            g_assert_cmpstr (scene.heard->str, ==, expected);
          else                  /* the gap is known at once, before the end */
            g_assert_cmpint (strstr (scene.heard->str, "!?") == NULL, ==, TRUE);
        }
    }
  g_assert_cmpuint (n_texts, ==, 6);
}

/* Each byte is changed in turn: the records that it is not in are read. */
static void
test_changed_bytes (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (GPtrArray) talks = make_talks (row);
  const TlsTalk *talk = talks->pdata[talks->len - 1];

  for (guint i = 0; i < talk->writes->len; i++)
    {
      TlsTalkWrite *changed = talk->writes->pdata[i];

      for (guint j = 0; j < changed->bytes->len; j++)
        {
          g_auto (Scene) scene;
          g_autofree char *heard = NULL;

          scene_init (&scene);
          add_keys (&scene, talk->key_log->str);
          changed->bytes->data[j] ^= 0x41;
          pass_writes (&scene, talk, ALL, TRUE, 65536);
          changed->bytes->data[j] ^= 0x41;
          close_connection (&scene);
          heard = g_strescape (scene.heard->str, NULL);
          g_test_message ("byte %u of write %u: %s", j, i, heard);
          if (changed->n_content > 0)
            g_assert_cmpuint (strspn (scene.heard->str, "getonwhrefu0123456789!?><. X"), ==,
                              scene.heard->len);
          if (changed->n_content > 0 && changed != talk->writes->pdata[talk->writes->len - 1])
            g_assert_nonnull (strstr (scene.heard->str, "four"));
        }
    }
}

/* It ends after each byte. */
static void
test_cut (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (GPtrArray) talks = make_talks (row);
  const TlsTalk *talk = talks->pdata[talks->len - 1];

  for (guint i = 0; i < talk->writes->len; i++)
    for (guint j = 0; j < ((TlsTalkWrite *) talk->writes->pdata[i])->bytes->len; j++)
      for (guint may_get_keys = 0; may_get_keys < 2; may_get_keys++)
        {
          const TlsTalkWrite *cut = talk->writes->pdata[i];
          g_auto (Scene) scene;

          scene_init (&scene);
          wsi_tls_sniffer_set_may_get_keys (scene.sniffer, may_get_keys != 0);
          if (may_get_keys == 0)
            add_keys (&scene, talk->key_log->str);
          for (guint k = 0; k < i; k++)
            {
              const TlsTalkWrite *written = talk->writes->pdata[k];

              pass (&scene, written->side, written->bytes->data, written->bytes->len, 65536);
            }
          pass (&scene, cut->side, cut->bytes->data, j, 65536);
          close_connection (&scene);
          g_assert_true (may_get_keys == 0 || strstr (scene.heard->str, "get") == NULL);
        }
}

static const Case plain_case = { "1.3", { TLS_1_3 "+AES-128-GCM", .script = TALK }, .n_before = 0 };
static const Case old_case = { "1.2", { TLS_1_2 "+AES-128-GCM", .script = TALK }, .n_before = 0 };

static char *
describe (Scene *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;

  wsi_tls_report_describe (wsi_tls_sniffer_get_report (self->sniffer), builder);
  lines = g_strv_builder_end (builder);
  return g_strjoinv ("\n", lines);
}

/* The last digit of each secret is another one. */
static char *
make_wrong (const char *key_log)
{
  char *wrong = g_strdup (key_log);

  for (char *end = strchr (wrong, '\n'); end != NULL; end = strchr (end + 1, '\n'))
    end[-1] = end[-1] == '0' ? '1' : '0';
  return wrong;
}

typedef enum
{
  KEYS_NONE,
  KEYS_WRONG,
  KEYS_RIGHT,
} Keys;

/* Connections that cannot be opened, and the sentence about them. */
static const struct
{
  const char *label;
  TlsTalkPlan plan;
  Keys        keys;
  const char *report, *closed;
} unread_cases[] = {
  { "no-keys", { TLS_1_3 "+AES-128-GCM", .script = TALK }, KEYS_NONE,
    "TLS to server.example: 2 connections with 0 packets were left out: no keys (choose the key "
    "log of the client with --keylog; most programs write one to the file that SSLKEYLOGFILE "
    "names)", "server.example;" },
  { "no-keys-1.2", { TLS_1_2 "+AES-128-GCM", .script = TALK }, KEYS_NONE,
    "TLS to server.example: 2 connections with 0 packets were left out: no keys (choose the key "
    "log of the client with --keylog; most programs write one to the file that SSLKEYLOGFILE "
    "names)", "server.example;" },
  { "wrong-keys", { TLS_1_3 "+AES-128-GCM", .script = TALK }, KEYS_WRONG,
    "TLS to server.example: 2 connections with 0 packets were left out: its keys in the key log "
    "are others (choose the key log of this run of the client)", "server.example;" },
  { "cbc", { TLS_1_2 "+AES-128-CBC", .script = TALK }, KEYS_RIGHT,
    "TLS to server.example: 2 connections with 0 packets were left out: TLS 1.2, "
    "TLS_ECDHE_ECDSA_AES_128_CBC_SHA1 cannot be decrypted (use TLS 1.3, or TLS 1.2 with AES-GCM "
    "or ChaCha20)", "" },
  { "tls-1.1", { "NORMAL:-VERS-ALL:+VERS-TLS1.1:+SHA1:+SIGN-ALL:%VERIFY_ALLOW_SIGN_WITH_SHA1",
                 .script = TALK }, KEYS_RIGHT,
    "TLS to server.example: 2 connections with 0 packets were left out: TLS 1.1, "
    "TLS_ECDHE_ECDSA_AES_256_CBC_SHA1 cannot be decrypted (use TLS 1.3, or TLS 1.2 with AES-GCM "
    "or ChaCha20)", "" },
  { "http-2", { TLS_1_3 "+AES-128-GCM", .protocol = "h2", .script = TALK }, KEYS_RIGHT,
    "TLS to server.example: 2 connections with 0 packets were left out: HTTP/2 (" WSI_HTTP_2_HINT ")", "" },
  { "http-2-1.2", { TLS_1_2 "+AES-128-GCM", .protocol = "h2", .script = TALK }, KEYS_RIGHT,
    "TLS to server.example: 2 connections with 0 packets were left out: HTTP/2 (" WSI_HTTP_2_HINT ")", "" },
};

static void
test_unread (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);

  for (guint may_get_keys = 0; may_get_keys < 2; may_get_keys++)
    {
      g_autoptr (TlsTalkPeers) peers = tls_talk_peers_new ();
      g_autofree char *report = NULL;
      g_auto (Scene) scene;

      scene_init (&scene);
      wsi_tls_sniffer_set_may_get_keys (scene.sniffer, may_get_keys != 0);
      for (guint j = 0; j < 2; j++)
        {
          g_autoptr (TlsTalk) talk = tls_talk_new (peers, &unread_cases[i].plan);
          g_autofree char *wrong = make_wrong (talk->key_log->str);

          begin_connection (&scene);
          if (unread_cases[i].keys != KEYS_NONE)
            add_keys (&scene, unread_cases[i].keys == KEYS_WRONG ? wrong : talk->key_log->str);
          pass_writes (&scene, talk, ALL, TRUE, 65536);
          close_connection (&scene);
          g_assert_cmpstr (scene.heard->str, ==, " X");
        }
      report = describe (&scene);
      g_assert_cmpstr (report, ==, unread_cases[i].report);
      g_assert_cmpstr (scene.closed->str, ==, unread_cases[i].closed);
    }
}

/* The connection has ended when its lines come; without a line it ends with the capture. */
static void
test_keys_after_the_end (gconstpointer data)
{
  g_autoptr (GPtrArray) talks = make_talks (data);
  const TlsTalk *talk = talks->pdata[0];

  for (guint has_keys = 0; has_keys < 2; has_keys++)
    {
      g_auto (Scene) scene;

      scene_init (&scene);
      wsi_tls_sniffer_set_may_get_keys (scene.sniffer, TRUE);
      pass_writes (&scene, talk, ALL, TRUE, 65536);
      for (guint side = 0; side < 2; side++)
        wsi_tls_sniffer_listener.end (&scene.connection, side, WSI_TCP_END_FIN, 1, scene.sniffer);
      wsi_tls_sniffer_listener.close (&scene.connection, WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
      g_assert_null (scene.connection.outer);
      g_assert_cmpstr (scene.heard->str, ==, "");
      if (has_keys != 0)
        add_keys (&scene, talk->key_log->str);
      wsi_tls_sniffer_look_again (scene.sniffer);
      g_assert_cmpstr (scene.heard->str, ==, has_keys != 0 ? HEARD : "");
      wsi_tls_sniffer_end (scene.sniffer);
      g_assert_cmpstr (scene.heard->str, ==, has_keys != 0 ? HEARD : " X");
      g_assert_cmpstr (scene.closed->str, ==, has_keys != 0 ? "" : "server.example;");
    }
}

/* A connection that is not read any more still reports its end, once. */
static void
test_end_without_keys (gconstpointer data)
{
  g_autoptr (GPtrArray) talks = make_talks (data);
  const TlsTalk *talk = talks->pdata[0];
  g_auto (Scene) scene;

  scene_init (&scene);
  pass_writes (&scene, talk, ALL, TRUE, 65536);
  g_assert_cmpstr (scene.closed->str, ==, "server.example;");
  g_assert_true (scene.connection.is_ignored);
  g_assert_cmpuint (scene.n_ended, ==, 0);
  for (guint side = 0; side < 2; side++)
    {
      WsiSegment segment = { .flags = WSI_TCP_FIN | WSI_TCP_ACK };

      wsi_tcp_connection_take (&scene.connection, side, &segment, 2);
      g_assert_cmpuint (scene.n_ended, ==, 1);
    }
  wsi_tcp_connection_close (&scene.connection, WSI_TCP_CLOSE_ENDED);
  wsi_tls_sniffer_end (scene.sniffer);
  g_assert_cmpuint (scene.n_ended, ==, 1);
}

/* The keys change, and the second secret comes when the connection has ended: the next listener has
 * it by then, so that it is not kept. */
static void
test_another_handshake_without_keys (void)
{
  static const Case row = {
    "1.2", { TLS_1_2 "+AES-128-GCM", .script = ">get <101 >one re <two >three <four" },
    .n_before = 0,
  };
  g_autoptr (GPtrArray) talks = make_talks (&row);
  const TlsTalk *talk = talks->pdata[0];
  const char *second = strchr (talk->key_log->str, '\n') + 1;
  g_autofree char *first = g_strndup (talk->key_log->str, (gsize) (second - talk->key_log->str));
  g_auto (Scene) scene;

  scene_init (&scene);
  wsi_tls_sniffer_set_may_get_keys (scene.sniffer, TRUE);
  add_keys (&scene, first);
  pass_writes (&scene, talk, ALL, TRUE, 65536);
  wsi_tls_sniffer_listener.close (&scene.connection, WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
  g_assert_true (g_str_has_prefix (scene.heard->str, ">get <101 >one"));
  g_assert_true (g_str_has_suffix (scene.heard->str, " X"));
  add_keys (&scene, second);
  wsi_tls_sniffer_look_again (scene.sniffer);
  wsi_tls_sniffer_end (scene.sniffer);
  g_assert_null (strstr (scene.heard->str, "three"));
}

/* As many records are lost as dumpcap drops in a burst. */
static void
test_many_lost (void)
{
  enum { N = 9000 };
  g_autoptr (GString) script = g_string_new (">get <101");
  g_autoptr (TlsTalkPeers) peers = tls_talk_peers_new ();
  g_autoptr (TlsTalk) talk = NULL;
  TlsTalkPlan plan = { .client = TLS_1_3 "+AES-128-GCM" };
  g_autofree char *expected = g_strdup_printf (">get <101 >!%d >last >. <. X", 2 * N);
  guint64 n_lost = 0;
  guint n_texts = 0;
  g_auto (Scene) scene;

  for (guint i = 0; i < N; i++)
    g_string_append (script, " >ab");
  g_string_append (script, " >last");
  plan.script = script->str;
  talk = tls_talk_new (peers, &plan);
  scene_init (&scene);
  add_keys (&scene, talk->key_log->str);
  for (guint i = 0; i < talk->writes->len; i++)
    {
      const TlsTalkWrite *written = talk->writes->pdata[i];

      n_texts += written->n_content > 0;
      if (written->n_content == 2)
        {
          n_lost += written->bytes->len;
          continue;
        }
      if (n_lost > 0)
        wsi_tls_sniffer_listener.gap (&scene.connection, TLS_TALK_CLIENT, n_lost, 1,
                                      scene.sniffer);
      n_lost = 0;
      pass (&scene, written->side, written->bytes->data, written->bytes->len, 65536);
    }
  g_assert_cmpuint (n_texts, ==, N + 3);
  close_connection (&scene);
  g_assert_cmpstr (scene.heard->str, ==, expected);
}

/* Gaps cost no bytes: trials after them are those that the bytes of all connections pay for. */
static void
test_many_gaps (void)
{
  enum { N = 400 };
  g_autofree WsiTcpConnection *connections = g_new0 (WsiTcpConnection, N);
  g_autoptr (TlsTalkPeers) peers = tls_talk_peers_new ();
  g_autoptr (TlsTalk) talk = tls_talk_new (peers, &plain_case.plan);
  static const guint8 record[64] = { 23, 3, 3, 0, 54, [59] = 23, 3, 3, 0, 1 };
  const gint64 begin_us = g_get_monotonic_time ();
  g_auto (Scene) scene;

  scene_init (&scene);
  add_keys (&scene, talk->key_log->str);
  for (guint i = 0; i < N; i++)
    {
      connections[i] = scene.connection;
      for (guint j = 0; j < talk->writes->len; j++)
        {
          const TlsTalkWrite *written = talk->writes->pdata[j];

          wsi_tls_sniffer_listener.bytes (&connections[i], written->side, written->bytes->data,
                                          written->bytes->len, 1, scene.sniffer);
        }
      wsi_tls_sniffer_listener.gap (&connections[i], TLS_TALK_CLIENT, 1000000, 1, scene.sniffer);
      wsi_tls_sniffer_listener.bytes (&connections[i], TLS_TALK_CLIENT, record, sizeof record, 1,
                                      scene.sniffer);
      wsi_tls_sniffer_listener.close (&connections[i], WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
    }
  wsi_tls_sniffer_end (scene.sniffer);
  g_test_message ("%d ms", (int) ((g_get_monotonic_time () - begin_us) / 1000));
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 10 * G_USEC_PER_SEC);
}

/* A log may have other secrets for the same random, before and after. */
static void
test_several_secrets (gconstpointer data)
{
  g_autoptr (GPtrArray) talks = make_talks (data);
  const TlsTalk *talk = talks->pdata[0];
  g_autofree char *wrong = make_wrong (talk->key_log->str);
  g_auto (Scene) scene;

  scene_init (&scene);
  add_keys (&scene, wrong);
  add_keys (&scene, talk->key_log->str);
  add_keys (&scene, talk->key_log->str);
  g_assert_cmpuint (wsi_key_log_get_n_added (scene.keys), >=, 2);
  pass_writes (&scene, talk, ALL, TRUE, 65536);
  close_connection (&scene);
  g_assert_cmpstr (scene.heard->str, ==, HEARD);
}

/* The lines of a log that one side needs. */
static char *
keep_lines (const char *key_log,
            const char *beginning)
{
  g_auto (GStrv) lines = g_strsplit (key_log, "\n", -1);
  GString *kept = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], beginning))
      g_string_append_printf (kept, "%s\n", lines[i]);
  return g_string_free (kept, FALSE);
}

/* Half a log: the records that it opens come, and the rest is missing. */
static void
test_half_logs (void)
{
  static const struct
  {
    const char *beginning, *heard;
  } rows[] = {
    { "CLIENT_", " <!? >getonethree >. <. X" },
    { "SERVER_", " >!? <101twofour >. <. X" },
    { "CLIENT_TRAFFIC", " <!? >getonethree >. <. X" },
    { "SERVER_TRAFFIC", " >!? <101twofour >. <. X" },
    { "CLIENT_HANDSHAKE", " X" },
  };
  g_autoptr (GPtrArray) talks = make_talks (&plain_case);
  const TlsTalk *talk = talks->pdata[0];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint may_get_keys = 0; may_get_keys < 2; may_get_keys++)
      {
        g_autofree char *half = keep_lines (talk->key_log->str, rows[i].beginning);
        g_auto (Scene) scene;

        scene_init (&scene);
        wsi_tls_sniffer_set_may_get_keys (scene.sniffer, may_get_keys != 0);
        add_keys (&scene, half);
        pass_writes (&scene, talk, ALL, TRUE, 65536);
        close_connection (&scene);
        g_test_message ("%s: %s", rows[i].beginning, scene.heard->str);
        g_assert_cmpstr (scene.heard->str, ==, rows[i].heard);
      }
}

/* The handshake secrets alone are not there: the others are found by trial. */
static void
test_without_handshake_secrets (void)
{
  g_autoptr (GPtrArray) talks = make_talks (&plain_case);
  const TlsTalk *talk = talks->pdata[0];
  g_autofree char *client = keep_lines (talk->key_log->str, "CLIENT_TRAFFIC");
  g_autofree char *server = keep_lines (talk->key_log->str, "SERVER_TRAFFIC");
  g_auto (Scene) scene;

  scene_init (&scene);
  add_keys (&scene, client);
  add_keys (&scene, server);
  pass_writes (&scene, talk, ALL, TRUE, 65536);
  close_connection (&scene);
  g_assert_cmpstr (scene.heard->str, ==, HEARD);
}

/* Bytes that are not TLS go on as they are, whatever they begin with. */
static void
test_other_bytes (void)
{
  static const char *const texts[] = {
    "get", "\x16", "\x16\x03", "\x16\x03\x01", "\x16\x03\x01\x02", "\x16get", "\x16\x03get",
    "\x16\x03\x01\x02\x03\x04get", "\x17\x03\x03get", "\x16\x03\x01\x50\x50\x01",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint piece = 1; piece < 12; piece += 10)
      {
        g_autofree char *expected = g_strdup_printf (">%s >. <. X", texts[i]);
        g_auto (Scene) scene;

        scene_init (&scene);
        pass (&scene, TLS_TALK_CLIENT, (const guint8 *) texts[i], strlen (texts[i]), piece);
        close_connection (&scene);
        g_test_message ("%u: %s", i, scene.heard->str);
        g_assert_cmpstr (scene.heard->str, ==, expected);
      }
}

/* Many connections wait for keys, each with much to hold: the oldest ones lose it, and the newest
 * is opened when its keys come. */
static void
test_room (void)
{
  enum { N = 300, SIZE = 100 * 1000 };
  g_autoptr (TlsTalkPeers) peers = tls_talk_peers_new ();
  g_autofree WsiTcpConnection *connections = g_new0 (WsiTcpConnection, N);
  g_autofree guint8 *block = g_malloc0 (SIZE);
  g_autoptr (TlsTalk) talk = tls_talk_new (peers, &plain_case.plan);
  g_autofree char *report = NULL;
  g_auto (Scene) scene;
  WsiTcpConnection last;

  scene_init (&scene);
  wsi_tls_sniffer_set_may_get_keys (scene.sniffer, TRUE);
  last = scene.connection;
  for (guint i = 0; i < N; i++)
    {
      connections[i] = last;
      for (guint j = 0; j < talk->writes->len; j++)
        {
          const TlsTalkWrite *written = talk->writes->pdata[j];

          wsi_tls_sniffer_listener.bytes (&connections[i], written->side, written->bytes->data,
                                          written->bytes->len, 1, scene.sniffer);
        }
      if (!connections[i].is_ignored)
        wsi_tls_sniffer_listener.bytes (&connections[i], TLS_TALK_CLIENT, block, SIZE, 1,
                                        scene.sniffer);
      g_assert_cmpuint (wsi_tls_sniffer_get_n_held (scene.sniffer), <=, 16 * 1024 * 1024);
    }
  g_assert_cmpuint (wsi_tls_sniffer_get_n_held (scene.sniffer), >=, 15 * 1024 * 1024);
  g_assert_true (connections[0].is_ignored);
  g_assert_false (connections[N - 1].is_ignored);
  g_assert_cmpstr (scene.closed->str, ==, "server.example;");

  add_keys (&scene, talk->key_log->str);
  wsi_tls_sniffer_look_again (scene.sniffer);
  g_assert_nonnull (strstr (scene.heard->str, ">get <101 >one <two >three <four"));
  for (guint i = 0; i < N; i++)
    wsi_tls_sniffer_listener.close (&connections[i], WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
  wsi_tls_sniffer_end (scene.sniffer);
  g_assert_cmpuint (wsi_tls_sniffer_get_n_held (scene.sniffer), ==, 0);
  report = describe (&scene);
  g_assert_nonnull (strstr (report, "no keys"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *opened = g_strconcat ("/inspector/tls-sniffer/opened/", cases[i].label,
                                             NULL);
      g_autofree char *late = g_strconcat ("/inspector/tls-sniffer/late/", cases[i].label, NULL);

      g_test_add_data_func (opened, &cases[i], test_opened);
      g_test_add_data_func (late, &cases[i], test_late_keys);
    }
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/tls-sniffer/lost/", cases[i].label, NULL);

      g_test_add_data_func (path, &cases[i], test_lost_writes);
    }
  g_test_add_data_func ("/inspector/tls-sniffer/changed/1.3", &plain_case, test_changed_bytes);
  g_test_add_data_func ("/inspector/tls-sniffer/changed/1.2", &old_case, test_changed_bytes);
  g_test_add_data_func ("/inspector/tls-sniffer/cut/1.3", &plain_case, test_cut);
  g_test_add_data_func ("/inspector/tls-sniffer/cut/1.2", &old_case, test_cut);
  for (guint i = 0; i < G_N_ELEMENTS (unread_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/tls-sniffer/unread/", unread_cases[i].label,
                                           NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_unread);
    }
  g_test_add_data_func ("/inspector/tls-sniffer/several-secrets/1.3", &plain_case,
                        test_several_secrets);
  g_test_add_data_func ("/inspector/tls-sniffer/several-secrets/1.2", &old_case,
                        test_several_secrets);
  g_test_add_data_func ("/inspector/tls-sniffer/keys-after-the-end/1.3", &plain_case,
                        test_keys_after_the_end);
  g_test_add_data_func ("/inspector/tls-sniffer/keys-after-the-end/1.2", &old_case,
                        test_keys_after_the_end);
  g_test_add_data_func ("/inspector/tls-sniffer/end-without-keys/1.3", &plain_case,
                        test_end_without_keys);
  g_test_add_func ("/inspector/tls-sniffer/half-logs", test_half_logs);
  g_test_add_func ("/inspector/tls-sniffer/without-handshake-secrets",
                   test_without_handshake_secrets);
  g_test_add_func ("/inspector/tls-sniffer/other-bytes", test_other_bytes);
  g_test_add_func ("/inspector/tls-sniffer/another-handshake-without-keys",
                   test_another_handshake_without_keys);
  g_test_add_func ("/inspector/tls-sniffer/many-lost", test_many_lost);
  g_test_add_func ("/inspector/tls-sniffer/many-gaps", test_many_gaps);
  g_test_add_func ("/inspector/tls-sniffer/room", test_room);
  return g_test_run ();
}
