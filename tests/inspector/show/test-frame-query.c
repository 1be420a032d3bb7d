/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rows of a list: the filter made of its choices, and the model that grows with the store. */
#include "inspect/capture/wsi-row.h"
#include "inspect/show/columns/wsi-frame-query.h"
#include "inspect/show/columns/wsi-list-filter.h"
#include "inspector/store-scene.h"
#include "lib/rows.h"

static void
append_all (StoreScene *scene)
{
  const WsiRecord event = { .kind = WSI_RECORD_KIND_EVENT, .event = WSI_EVENT_NOTE,
                            .direction = WSI_NO_DIRECTION };

  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 1, "hello");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, TEXT, 0, "a \"b\"");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, PING, 1, "k");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, CONTINUATION, 1, "two");
  store_scene_append (scene, WSP_DIRECTION_SENT, 2, 1, "bin");
  wsi_store_append_event (scene->store, scene->conversation, &event, WSI_SENTENCE (TEXT, "a note"));
}

static const struct
{
  const char   *name;
  WsiListFilter filter;
  const char   *shown;          /* numbers of the rows that are shown, from 1 on */
} filters[] = {
  { "all", WSI_LIST_FILTER_ALL, "1 2 3 4 5 6" },
  { "blanks-are-no-filter", { (char *) "  ", WSI_UNIT_FRAMES, WSI_LIST_ALL_KINDS, 2, 0, 0 }, "1 2 3 4 5 6" },
  { "a-filter-of-the-user", { (char *) "ping or binary", WSI_UNIT_FRAMES, WSI_LIST_ALL_KINDS, 2, 0, 0 }, "3 5" },
  { "or-does-not-escape", { (char *) "ping or sent", WSI_UNIT_FRAMES, WSI_LIST_ALL_KINDS, 1, 0, 0 }, "3" },
  { "messages", { NULL, WSI_UNIT_MESSAGES, WSI_LIST_ALL_KINDS, 2, 0, 0 }, "1 3 4 5 6" },
  { "sent", { NULL, WSI_UNIT_FRAMES, WSI_LIST_ALL_KINDS, WSP_DIRECTION_SENT, 0, 0 }, "1 5" },
  { "received", { NULL, WSI_UNIT_FRAMES, WSI_LIST_ALL_KINDS, WSP_DIRECTION_RECEIVED, 0, 0 }, "2 3 4" },
  { "text-has-its-fragments", { NULL, WSI_UNIT_FRAMES, WSI_LIST_TEXT, 2, 0, 0 }, "1 2 4" },
  { "binary", { NULL, WSI_UNIT_FRAMES, WSI_LIST_BINARY, 2, 0, 0 }, "4 5" },
  { "control", { NULL, WSI_UNIT_FRAMES, WSI_LIST_CONTROL, 2, 0, 0 }, "3" },
  { "events", { NULL, WSI_UNIT_FRAMES, WSI_LIST_EVENTS, 2, 0, 0 }, "6" },
  { "no-kind", { NULL, WSI_UNIT_FRAMES, 0, 2, 0, 0 }, "" },
  { "cleared", { NULL, WSI_UNIT_FRAMES, WSI_LIST_ALL_KINDS, 2, 0, 4 }, "5 6" },
  { "another-connection", { NULL, WSI_UNIT_FRAMES, WSI_LIST_ALL_KINDS, 2, 7, 0 }, "" },
};

static gboolean
is_done (gpointer data)
{
  return wsi_frame_query_is_ready (data) &&
         wsi_frame_query_get_n_tested (data) >= *(guint64 *) g_object_get_data (data, "end");
}

static void
wait_for (WsiFrameQuery *query,
          guint64        end)
{
  g_object_set_data (G_OBJECT (query), "end", &end);
  while (!is_done (query))
    {
      g_main_context_iteration (NULL, TRUE);
      wsi_frame_query_advance (query);
    }
  wsi_frame_query_advance (query);
}

static WsiFrameQuery *
make_query (WsiStore   *store,
            const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFilter) filter = text != NULL ? wsi_filter_new (text, &error) : NULL;

  g_assert_no_error (error);
  return wsi_frame_query_new (store, filter, NULL);
}

static char *
describe (WsiFrameQuery *query)
{
  GListModel *model = G_LIST_MODEL (wsi_frame_query_get_model (query));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (WsiRow) row = g_list_model_get_item (model, i);

      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "",
                              wsi_row_get_number (row) + 1);
    }
  return g_string_free (text, FALSE);
}

static void
test_filter (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  g_autofree char *text = wsi_list_filter_print (&filters[i].filter), *shown = NULL;
  g_autoptr (WsiFrameQuery) query = NULL;

  store_scene_init (&scene, 1000);
  append_all (&scene);
  query = make_query (scene.store, text);
  wait_for (query, wsi_store_get_end (scene.store));
  shown = describe (query);
  g_assert_cmpstr (shown, ==, filters[i].shown);
}

/* Rows that come while others are tested are tested, too. */
static void
test_growing (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiFrameQuery) query = NULL;
  g_autofree char *first = NULL, *second = NULL;

  store_scene_init (&scene, 1000);
  append_all (&scene);
  query = make_query (scene.store, "sent");
  append_all (&scene);
  wsi_frame_query_advance (query);
  wait_for (query, 6);
  first = describe (query);
  wait_for (query, 12);
  append_all (&scene);
  wsi_frame_query_advance (query);
  wait_for (query, 18);
  second = describe (query);
  g_assert_true (g_str_has_prefix (first, "1 5"));
  g_assert_cmpstr (second, ==, "1 5 7 11 13 17");
}

static void
test_stopped (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiFrameQuery) query = NULL;
  g_autofree char *shown = NULL;

  store_scene_init (&scene, 1000);
  append_all (&scene);
  query = make_query (scene.store, "sent");
  wsi_frame_query_stop (query);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
  wsi_frame_query_advance (query);
  shown = describe (query);
  g_assert_cmpstr (shown, ==, "");
}

static void
test_find (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiFrameQuery) query = NULL;
  guint position = 99;

  store_scene_init (&scene, 1000);
  append_all (&scene);
  query = make_query (scene.store, "sent");
  wait_for (query, 6);
  g_assert_true (wsi_frame_model_find (wsi_frame_query_get_model (query), 4, &position));
  g_assert_cmpuint (position, ==, 1);
  g_assert_true (wsi_frame_model_find (wsi_frame_query_get_model (query), 1, &position));
  g_assert_cmpuint (position, ==, 1);
  g_assert_false (wsi_frame_model_find (wsi_frame_query_get_model (query), 5, &position));
}

/* Each run says twice that it has found something: with its rows, and at its end. */
static void
test_no_news (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiFrameQuery) query = NULL;
  guint n_found = 0;

  store_scene_init (&scene, 1000);
  append_all (&scene);
  query = make_query (scene.store, "sent");
  g_signal_connect_swapped (query, "found", G_CALLBACK (g_atomic_int_inc), &n_found);
  while (n_found < 2)
    g_main_context_iteration (NULL, TRUE);
  wsi_frame_query_advance (query);
  append_all (&scene);
  wsi_frame_query_advance (query);
  wait_for (query, 12);
  g_assert_cmpuint (n_found, <=, 4);
  g_signal_handlers_disconnect_by_data (query, &n_found);       /* the run may not have ended */
}

/* A row that is found late has its place, and the object of a row that moves stays the same. */
static void
test_late (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiFrameQuery) query = NULL;
  g_autoptr (GObject) moved = NULL, again = NULL;
  g_autofree char *first = NULL, *second = NULL;

  store_scene_init (&scene, 1000);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1,
                      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}");
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1,
                      "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"b\"}");
  store_scene_append (&scene, WSP_DIRECTION_RECEIVED, PING, 1, "k");
  query = make_query (scene.store, "reply or ping");
  wait_for (query, 3);
  first = describe (query);
  moved = g_list_model_get_item (G_LIST_MODEL (wsi_frame_query_get_model (query)), 0);

  store_scene_append (&scene, WSP_DIRECTION_RECEIVED, TEXT, 1,
                      "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":1}");
  store_scene_append (&scene, WSP_DIRECTION_RECEIVED, TEXT, 1,
                      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1}");
  wsi_frame_query_advance (query);
  wait_for (query, 5);
  /* Late rows come with the end of the run that has found them. */
  while (g_list_model_get_n_items (G_LIST_MODEL (wsi_frame_query_get_model (query))) < 5)
    {
      g_main_context_iteration (NULL, TRUE);
      wsi_frame_query_advance (query);
    }
  second = describe (query);
  again = g_list_model_get_item (G_LIST_MODEL (wsi_frame_query_get_model (query)), 2);
  g_assert_cmpstr (first, ==, "3");
  g_assert_cmpstr (second, ==, "1 2 3 4 5");
  g_assert_true (moved == again);
}

static const struct
{
  const char *name, *first, *second, *joined;
} joins[] = {
  { "none", NULL, "", NULL },
  { "one", "ping", NULL, "ping" },
  { "both-keep-their-meaning", "ping or pong", "sent", "(ping or pong) and (sent)" },
};

static void
test_join (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *joined = wsi_list_filter_join (joins[i].first, joins[i].second);

  g_assert_cmpstr (joined, ==, joins[i].joined);
}

/* Both texts keep their meaning, whatever words are in them. */
static void
test_join_either (void)
{
  g_autofree char *joined = wsi_list_filter_join_either ("ping and sent", "not text");

  g_assert_cmpstr (joined, ==, "(ping and sent) or (not text)");
}

static const struct
{
  const char *name, *text;
  gint64      begin_us, end_us;
  const char *expected;
} times[] = {
  { "alone", NULL, 1500000, 2000000, "time in 1.500000..2.000000" },
  { "with-the-user's-filter", "ping or pong", 0, 7, "time in 0.000000..0.000007 and (ping or pong)" },
  { "replaces-the-one-before", "time in 1.000000..2.000000", 0, 1, "time in 0.000000..0.000001" },
  { "replaces-and-keeps-the-rest", "time in 1.0..2.0 and (ping)", 0, 1, "time in 0.000000..0.000001 and (ping)" },
  { "is-taken-away", "time in 1.0..2.0 and (ping)", 1, 0, "ping" },
  { "is-taken-away-alone", "time in 1.0..2.0", 1, 0, NULL },
  { "none-is-taken-away", "ping", 1, 0, "ping" },
  { "another-term-of-eight-letters-stays", "len > 10 and (ping)", 0, 1, "time in 0.000000..0.000001 and (len > 10 and (ping))" },
  { "a-user's-own-with-or-stays", "time in 1..2 or ( ping)", 1, 0, "time in 1..2 or ( ping)" },
  { "a-user's-own-without-parentheses-stays", "time in 1..2 and not ping", 1, 0, "time in 1..2 and not ping" },
  { "a-user's-own-stays", "time in 1..2 and (a) or (b)", 1, 0, "time in 1..2 and (a) or (b)" },
  { "before-the-first-row", "", -5, 1, "time in -0.000005..0.000001" },
  { "across-the-first-row-and-replaced", "time in -2.000000..-1.500000 and (ping)", -1, 1, "time in -0.000001..0.000001 and (ping)" },
};

static void
test_time (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *text = wsi_list_filter_set_time (times[i].text, times[i].begin_us,
                                                    times[i].end_us);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFilter) filter = text != NULL ? wsi_filter_new (text, &error) : NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, times[i].expected);
}

static const struct
{
  const char *text, *filter;    /* text that is typed; filter that it stands for; NULL: the text is
                                 * no place */
} places[] = {
  { "12", "no == 12" }, { " 12 ", "no == 12" }, { "12.5", "time >= 12.5" }, { "12s", "time >= 12" }, { "12.0s", "time >= 12.0" },
  { "", NULL }, { "s", NULL }, { ".5", NULL }, { "12x", NULL }, { "-1", NULL }, { "-12.5", "time >= -12.5" },
  { "-12s", "time >= -12" }, { "1:02.345", "time >= 62.345000" }, { "61:02.345678", "time >= 3662.345678" },
  { "-1:02.5", "time >= -62.500000" }, { "1:60.0", NULL }, { "1:02.x", NULL }, { "1:2.5", NULL }, { ":02.5", NULL },
  { "9999999999:00.0", NULL }, { "-", NULL }, { "-.5", NULL }, { "--1.5", NULL }, { "1-2s", NULL },
};

static void
test_places (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *filter = wsi_list_filter_print_place (places[i].text);

      g_assert_cmpstr (filter, ==, places[i].filter);
    }
}

/* The first row came at noon. */
static const struct
{
  const char *text, *filter;    /* text that is typed; filter that it stands for; NULL: the text is
                                 * no time of day */
} clocks[] = {
  { "12:00:01.5", "time >= 1.500000" }, { "12:01", "time >= 60.000000" }, { " 11:00 ", "time >= -3600.000000" },
  { "11:59:59.5", "time >= -0.500000" },
  { "", NULL }, { "12", NULL }, { "12:", NULL }, { "12:00x", NULL }, { "12:00:01x", NULL }, { "12:00:60", NULL }, { "12:00:-1", NULL },
  { "12:00:nan", NULL }, { ":30", NULL }, { "25:00", NULL },
};

static void
test_clocks (void)
{
  g_autoptr (GDateTime) noon = g_date_time_new_local (2026, 1, 2, 12, 0, 0);
  const gint64 origin_us = g_date_time_to_unix (noon) * G_USEC_PER_SEC;

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++)
    {
      g_autofree char *filter = wsi_list_filter_print_clock (clocks[i].text, origin_us);

      g_assert_cmpstr (filter, ==, clocks[i].filter);
    }
  g_assert_null (wsi_list_filter_print_clock ("12:00", G_MAXINT64));
}

static void
test_search (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autofree char *text = wsi_list_filter_print_search ("a \"b\""), *shown = NULL;
  g_autoptr (WsiFrameQuery) query = NULL;

  store_scene_init (&scene, 1000);
  append_all (&scene);
  query = make_query (scene.store, text);
  wait_for (query, 6);
  shown = describe (query);
  g_assert_cmpstr (shown, ==, "2 4");
}

/* A filter that is kept without being asked. */
static void
test_secrets (void)
{
  static const struct
  {
    const char *filter;
    gboolean    may_have;
  } kept[] = {
    { "recv and json.type == \"tick\"", FALSE },
    { "req[\"authorization\"] contains \"Bearer abc\"", TRUE },
    { "resp[\"server\"] == \"a\"", TRUE },
    { "url contains \"/?token=topsecret\"", TRUE },
    { "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    g_assert_cmpint (wsi_list_filter_may_have_secret (kept[i].filter), ==, kept[i].may_have);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/frame-query/shows", filters, test_filter);
  g_test_add_func ("/inspector/frame-query/join/either", test_join_either);
  ADD_ROWS ("/list-filter/join", joins, test_join);
  ADD_ROWS ("/list-filter/time", times, test_time);
  g_test_add_func ("/inspector/frame-query/filter/one-with-a-secret-is-not-kept", test_secrets);
  g_test_add_func ("/frame-query/place/number-or-time", test_places);
  g_test_add_func ("/frame-query/place/time-of-day", test_clocks);
  g_test_add_func ("/list-filter/search-is-for-the-text-as-it-is", test_search);
  g_test_add_func ("/frame-query/rows-that-come-later-are-tested", test_growing);
  g_test_add_func ("/frame-query/nothing-is-tested-without-new-rows", test_no_news);
  g_test_add_func ("/frame-query/a-request-is-found-when-its-reply-comes", test_late);
  g_test_add_func ("/frame-query/nothing-is-found-after-it-is-stopped", test_stopped);
  g_test_add_func ("/frame-query/a-row-is-found-by-its-number", test_find);
  return g_test_run ();
}
