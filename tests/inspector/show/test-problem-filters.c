/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The filter of a group finds the rows that the group counts, and no others: for each kind of
 * verdict, side and peer, all of them in one store. */
#include "inspect/show/verdicts/wsi-verdict-text.h"

#include <libwsproto/observe/wsp-fault.h>

#include "inspector/opened.h"
#include "inspector/filter/filter-scene.h"
#include "inspector/store-scene.h"

#define N_SERVERS 120           /* so that each kind of verdict has a group of all */
#define LATE_MS 2000
#define HOST "127.0.0.1"

/* Connections: each of them has another peer, or the same address on the other side. */
static const struct
{
  WspRole     role;
  const char *client, *server, *uri;
} peers[] = {
  { WSP_ROLE_CLIENT, HOST ":1", HOST ":80", "ws://" HOST "/" },
  { WSP_ROLE_CLIENT, HOST ":2", HOST ":80", NULL },
  { WSP_ROLE_CLIENT, HOST ":3", HOST ":81", NULL },
  { WSP_ROLE_SERVER, HOST ":1", HOST ":80", NULL },
  { WSP_ROLE_SERVER, HOST ":4", HOST ":81", "ws://" HOST "/" },
  { WSP_ROLE_SERVER, "[::1]:5", "[::1]:80", NULL },
  { WSP_ROLE_SERVER, "a program", NULL, NULL },
  { WSP_ROLE_SERVER, "a program:", NULL, NULL },
  { WSP_ROLE_SERVER, NULL, HOST ":80", "ws://" HOST "/" },
  { WSP_ROLE_CLIENT, HOST ":6", NULL, "ws://" HOST "/a" },
  { WSP_ROLE_CLIENT, NULL, NULL, "wss://EXAMPLE.org/%41?b" },
  { WSP_ROLE_CLIENT, NULL, NULL, "ws://a \"quoted\" \\ host/" },
  { WSP_ROLE_CLIENT, HOST ":7", NULL, NULL },
};

/* Faults of one frame, by name. */
static const struct
{
  const char *faults[3];
  guint       opcode;
} frames[] = {
  { { "frame-not-masked" }, TEXT },
  { { "message-too-big" }, TEXT },
  { { "frame-not-masked", "message-too-big", "rsv-not-negotiated" }, TEXT },
  { { "bytes-after-close" }, TEXT },
  { { NULL }, TEXT },
  { { NULL }, PONG },
  { { "frame-not-masked" }, PONG },     /* which is late, too */
};

static const struct
{
  WsiEvent      event;
  guint         direction;
  WsiSentenceId sentence;
} events[] = {
  { WSI_EVENT_GAP, WSP_DIRECTION_SENT, WSI_SENTENCE_TEXT },
  { WSI_EVENT_GAP, WSP_DIRECTION_RECEIVED, WSI_SENTENCE_TEXT },
  { WSI_EVENT_GAP, WSI_NO_DIRECTION, WSI_SENTENCE_TEXT },
  { WSI_EVENT_GAP, WSI_NO_DIRECTION, WSI_SENTENCE_FRAMES_LEFT_OUT },
  { WSI_EVENT_GAP, WSI_NO_DIRECTION, WSI_SENTENCE_FRAME_LEFT_OUT },
  { WSI_EVENT_DROPPED, WSI_NO_DIRECTION, WSI_SENTENCE_TEXT },
  { WSI_EVENT_DROPPED, WSP_DIRECTION_SENT, WSI_SENTENCE_TEXT },
  { WSI_EVENT_EVICTED, WSI_NO_DIRECTION, WSI_SENTENCE_TEXT },
  { WSI_EVENT_NOTE, WSI_NO_DIRECTION, WSI_SENTENCE_TEXT },
  { WSI_EVENT_NOTE, WSI_NO_DIRECTION, WSI_SENTENCE_PACKETS_DROPPED },
};

typedef struct
{
  WsiStore        *store;
  WsiConversation *conversation;        /* connection of the rows; NULL = the rows have none */
  gint64           now;
} Place;

static guint
find_fault (const char *name)
{
  guint fault = 1;

  while (g_strcmp0 (wsp_fault_get_name (fault), name) != 0)
    {
      fault++;
      g_assert_cmpuint (fault, <, 1000);
    }
  return fault;
}

static guint64
append_frame (Place               *place,
              WspDirection         direction,
              guint                opcode,
              const char   *const *names)
{
  WspFrameRecord frame = store_scene_make_frame (direction, opcode, 1, "a");
  guint faults[G_N_ELEMENTS (frames[0].faults)], n = 0;
  WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "a", .n_payload = 1 };

  while (n < G_N_ELEMENTS (faults) && names != NULL && names[n] != NULL)
    {
      faults[n] = find_fault (names[n]);
      n++;
    }
  frame.time_us = place->now++;
  frame.fault = n > 0 ? faults[0] : 0;
  kept.faults = faults;
  kept.n_faults = n;
  wsi_store_append (place->store, place->conversation, &kept);
  return wsi_store_get_end (place->store) - 1;
}

/* A pong is late after its ping; each other frame is a late reply to one before, and of both sides
 * one is a reply that is in time. */
static void
append_frames (Place *place)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (frames); i++)
    {
      WspDirection direction = i % 2 == 0 ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
      guint opcode = frames[i / 2].opcode;
      guint64 first = append_frame (place, !direction, opcode == PONG ? PING : TEXT, NULL);
      guint64 second;

      place->now += (gint64) LATE_MS * 1000;
      second = append_frame (place, direction, opcode, frames[i / 2].faults);
      if (opcode != PONG)
        {
          wsi_store_set_reply (place->store, first, second);
          wsi_store_set_reply (place->store, second, append_frame (place, !direction, TEXT, NULL));
        }
    }
}

static void
append_events (Place *place)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      const WsiRecord record = {
        .time_us = place->now++, .event = events[i].event, .kind = WSI_RECORD_KIND_EVENT,
        .direction = events[i].direction,
      };
      const WsiSentence sentence = { .id = events[i].sentence, .arguments = { "2" } };

      wsi_store_append_event (place->store, place->conversation, &record, &sentence);
    }
}

static void
end (Place *place)
{
  const WsiRecord record = {
    .time_us = place->now++, .event = WSI_EVENT_ENDED, .kind = WSI_RECORD_KIND_EVENT,
    .direction = WSI_NO_DIRECTION,
  };

  wsi_conversation_end (place->conversation, WSI_ENDING_ABNORMAL, WSI_SENTENCE (RESET),
                        place->now++);
  wsi_store_append_event (place->store, place->conversation, &record, WSI_SENTENCE (RESET));
}

static void
play (Place            *place,
      const WsiOpening *opening)
{
  place->conversation = opened_conversation (place->store, opening, place->now);
  append_frames (place);
  append_events (place);
  end (place);
  g_clear_object (&place->conversation);
}

/* Returns which kinds have a group; all: only those with a group of all. */
static guint
assert_filters (WsiStore *store,
                gboolean  all)
{
  g_autoptr (WsiProblems) problems = wsi_problems_new (store);
  guint kinds = 0;

  while (!wsi_problems_update (problems))
    continue;
  for (guint i = 0; i < wsi_problems_get_n (problems); i++)
    {
      const WsiProblem *problem = wsi_problems_get (problems, i);
      g_autofree char *filter = wsi_problem_dup_filter (problem, WSI_USUAL_SLOW_MS);

      g_test_message ("%s", filter);
      g_assert_cmpuint (filter_scene_count (store, filter), ==, problem->n);
      if (!all || problem->verdict.code == WSI_ANY_CODE)
        kinds |= 1 << problem->verdict.kind;
    }
  return kinds;
}

static void
test_each (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
  Place place = { store, NULL, 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      const WsiOpening opening = {
        .role = peers[i].role, .client = peers[i].client, .server = peers[i].server,
        .uri = peers[i].uri, .handshake = WSI_HANDSHAKE_MISSING,
      };

      play (&place, &opening);
    }
  append_events (&place);
  g_assert_cmphex (assert_filters (store, FALSE), ==,
                   1 << WSI_VERDICT_ENDED | 1 << WSI_VERDICT_RULE | 1 << WSI_VERDICT_LIMIT |
                   1 << WSI_VERDICT_MISSING | 1 << WSI_VERDICT_SLOW);
}

/* Many peers: one more group has all rows of a kind. */
static void
test_all (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
  Place place = { store, NULL, 1 };

  for (guint i = 0; i < N_SERVERS; i++)
    {
      g_autofree char *server = g_strdup_printf ("s:%u", i + 1);
      const WsiOpening opening = {
        .role = WSP_ROLE_CLIENT, .server = server, .handshake = WSI_HANDSHAKE_MISSING,
      };

      play (&place, &opening);
    }
  g_assert_cmphex (assert_filters (store, TRUE), ==,
                   1 << WSI_VERDICT_ENDED | 1 << WSI_VERDICT_RULE | 1 << WSI_VERDICT_LIMIT |
                   1 << WSI_VERDICT_MISSING | 1 << WSI_VERDICT_SLOW);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/problem-filters/find-the-rows-of-each-group", test_each);
  g_test_add_func ("/inspector/problem-filters/find-all-rows-of-a-kind", test_all);

  return g_test_run ();
}
