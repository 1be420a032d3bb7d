/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A TLS connection of a capture: what GnuTLS has sent, changed, cut, lost or doubled as the input
 * says, with its key log in parts; or any bytes with any key log.  Nothing is held at the end, and
 * no content comes that was not sent.
 *
 * The first byte has the version (1 bit), whether keys may come late (1 bit), and whether the rest
 * is raw (1 bit).  Then there is a step for each write of the talk: what happens (4 bits) and how
 * many lines of the key log come before it (4 bits), with a place of two bytes where one is needed.
 * Raw input is a piece after another, as in fuzz-http; a piece of the key log has both bits. */

#include <inspect/sources/tls/wsi-tls-sniffer.h>
#include <string.h>

#include "fuzz/fuzz-input.h"
#include "inspector/sources/tls-talk.h"

#define LONG_PIECE 63

enum
{
  STEP_PASS,
  STEP_FLIP,
  STEP_CUT,
  STEP_LOSE,
  STEP_LOSE_UNKNOWN,
  STEP_TWICE,
  STEP_PIECES,
  STEP_END,
  N_STEPS,
};

typedef struct
{
  WsiKeyLog       *keys;
  WsiKeyLogLine    line;
  WsiTlsSniffer   *sniffer;
  WsiTcpCounts     counts;
  WsiTcpConnection connection;
  const TlsTalk   *talk;
  const char      *lines;       /* lines of the key log that are not added yet */
  gboolean         is_raw;
} Scene;

/* The words of the talks, and a byte that is in none of them. */
static void
note_bytes (WsiTcpConnection *connection,
            guint             side,
            const guint8     *at,
            gsize             length,
            gint64            time_us,
            gpointer          user_data)
{
  const Scene *self = user_data;

  if (connection->security != NULL && !self->is_raw)
    REQUIRE (memchr (at, 'Z', length) == NULL && g_ascii_isalnum (at[0]));
}

static void
note_gap (WsiTcpConnection *connection,
          guint             side,
          guint64           length,
          gint64            time_us,
          gpointer          user_data)
{
  REQUIRE (length > 0);
}

static void
note_end (WsiTcpConnection *connection,
          guint             side,
          WsiTcpEnd         how,
          gint64            time_us,
          gpointer          user_data)
{
}

static void
note_close (WsiTcpConnection *connection,
            WsiTcpClose       why,
            gint64            time_us,
            gpointer          user_data)
{
}

static gboolean
is_beginning (const guint8 *at,
              gsize         length,
              gpointer      user_data)
{
  return length > 0 && at[0] == 'g';
}

static const WsiTcpListener listener = {
  note_bytes, note_gap, note_end, note_close, is_beginning,
};

static void
pass (Scene        *self,
      guint         side,
      const guint8 *at,
      gsize         length)
{
  if (length > 0 && !self->connection.is_ignored)
    wsi_tls_sniffer_listener.bytes (&self->connection, side, at, length, 1, self->sniffer);
}

static void
lose (Scene  *self,
      guint   side,
      guint64 length)
{
  if (length > 0 && !self->connection.is_ignored)
    wsi_tls_sniffer_listener.gap (&self->connection, side, length, 1, self->sniffer);
}

static void
end (Scene *self,
     guint  side)
{
  if (!self->connection.is_ignored)
    wsi_tls_sniffer_listener.end (&self->connection, side, WSI_TCP_END_FIN, 1, self->sniffer);
}

static void
add_lines (Scene *self,
           guint  n)
{
  for (; n > 0 && *self->lines != '\0'; n--)
    {
      const char *next = strchr (self->lines, '\n') + 1;

      wsi_key_log_append (self->keys, &self->line, (const guint8 *) self->lines,
                          (gsize) (next - self->lines));
      self->lines = next;
    }
  wsi_tls_sniffer_look_again (self->sniffer);
}

static void
play_write (Scene              *self,
            const TlsTalkWrite *written,
            FuzzInput          *input)
{
  const uint8_t step = fuzz_take (input);
  const guint8 *at = written->bytes->data;
  const gsize length = written->bytes->len;
  gsize place = 0;

  add_lines (self, step >> 4);
  if ((step & 15) % N_STEPS != STEP_PASS)
    {
      place = (gsize) fuzz_take (input) << 8;
      place = (place | fuzz_take (input)) % length;
    }
  switch ((step & 15) % N_STEPS)
    {
    case STEP_PASS:
      pass (self, written->side, at, length);
      break;
    case STEP_FLIP:
      written->bytes->data[place] ^= 0x11;
      pass (self, written->side, at, length);
      written->bytes->data[place] ^= 0x11;
      break;
    case STEP_CUT:
      pass (self, written->side, at, place);
      lose (self, written->side, length - place);
      break;
    case STEP_LOSE:
      lose (self, written->side, length);
      break;
    case STEP_LOSE_UNKNOWN:
      lose (self, written->side, WSI_TCP_UNKNOWN_LENGTH);
      break;
    case STEP_TWICE:
      pass (self, written->side, at, length);
      pass (self, written->side, at, length);
      break;
    case STEP_PIECES:
      pass (self, written->side, at, place);
      pass (self, written->side, at + place, length - place);
      break;
    case STEP_END:
      end (self, written->side);
      break;
    default:
      break;
    }
}

static void
play_raw (Scene     *self,
          FuzzInput *input)
{
  while (input->left > 0)
    {
      const uint8_t control = fuzz_take (input);
      size_t length = control >> 2;

      if (length == LONG_PIECE)
        {
          length = (size_t) fuzz_take (input) << 8;
          length |= fuzz_take (input);
        }
      if ((control & 3) == 2)
        {
          lose (self, length & 1, length == 0 ? WSI_TCP_UNKNOWN_LENGTH : length);
          continue;
        }

      length = MIN (length, input->left);
      if ((control & 3) == 3)
        wsi_key_log_append (self->keys, &self->line, input->at, length);
      else if (length == 0)
        end (self, control & 1);
      else
        pass (self, control & 1, input->at, length);
      input->at += length;
      input->left -= length;
    }
}

static const TlsTalk *
get_talk (guint version)
{
  static const TlsTalkPlan plans[] = {
    { .client = "NORMAL:-VERS-ALL:+VERS-TLS1.3", .script = ">get <101 >one ku <two kU >three <four" },
    { .client = "NORMAL:-VERS-ALL:+VERS-TLS1.2", .script = ">get <101 >one <two re >three <four" },
  };
  static TlsTalk *talks[G_N_ELEMENTS (plans)];

  if (talks[version] == NULL)
    {
      g_autoptr (TlsTalkPeers) peers = tls_talk_peers_new ();

      talks[version] = tls_talk_new (peers, &plans[version]);
    }
  return talks[version];
}

static void
scene_init (Scene  *self,
            uint8_t options)
{
  const WsiSegment first = {
    .source = { { 127, 0, 0, 1 }, 4000, G_SOCKET_FAMILY_IPV4 },
    .destination = { { 127, 0, 0, 1 }, 443, G_SOCKET_FAMILY_IPV4 },
  };

  memset (self, 0, sizeof *self);
  self->talk = get_talk (options & 1);
  self->lines = self->talk->key_log->str;
  self->is_raw = (options & 4) != 0;
  self->keys = wsi_key_log_new ();
  self->sniffer = wsi_tls_sniffer_new (self->keys, &listener, self, NULL, NULL);
  wsi_tls_sniffer_set_may_get_keys (self->sniffer, (options & 2) != 0);
  wsi_tcp_connection_init (&self->connection, &first, &wsi_tls_sniffer_listener, self->sniffer,
                           &self->counts);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  FuzzInput input = { data, size, 1 };
  Scene scene;

  scene_init (&scene, fuzz_take (&input));
  if (scene.is_raw)
    play_raw (&scene, &input);
  else
    for (guint i = 0; i < scene.talk->writes->len; i++)
      play_write (&scene, scene.talk->writes->pdata[i], &input);
  wsi_tls_sniffer_listener.close (&scene.connection, WSI_TCP_CLOSE_ENDED, 1, scene.sniffer);
  wsi_tls_sniffer_end (scene.sniffer);

  REQUIRE (scene.connection.outer == NULL);
  REQUIRE (wsi_tls_sniffer_get_n_held (scene.sniffer) == 0);
  wsi_tcp_connection_clear (&scene.connection);
  wsi_tls_sniffer_free (scene.sniffer);
  wsi_key_log_free (scene.keys);
  return 0;
}
