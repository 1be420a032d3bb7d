/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The time that a long text takes grows with its length, not with the square of it: a sentence of a
 * session file in wsinspect and in the window, a message that is sent with variables, and one that
 * is saved as it comes.  The characters of a text decide which code reads it. */

#include <string.h>
#include <time.h>

#include "inspect/compose/wsi-variables.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspector/in-process.h"
#include "inspector/scene.h"
#include "lib/rows.h"

#define LENGTH 100000           /* of the shorter text, about */
#define FACTOR 8                /* of the longer one */
#define MAX_GROWTH 24           /* linear: 8, and the square: 64 */
#define LEAST_MS 3              /* a shorter time is no figure */
#define N_RUNS 3                /* the shortest counts: others make a run longer, never shorter */
#define LENGTH_OF_FRAME 100
#define BEGIN_OF_SECRET "{\"a\":\"Hello\",\"password\":\""
#define FIRST "{\"type\":\"wsinspect-session\",\"version\":1}\n" \
  "{\"type\":\"open\",\"conn\":1,\"t\":1700000000000000,\"role\":\"client\",\"handshake\":\"missing\"}\n" \
  "{\"type\":\"close\",\"conn\":1,\"t\":1700000000000001,\"ending\":\"abnormal\",\"text\":\""

static const struct
{
  const char *name, *piece;     /* piece of a text, as in JSON */
} pieces[] = {
  { "property", "WspClient:origin " },
  { "property-without-words", ", or decide in WspServer::request" },
  { "phrase-with-a-property", "trust WspServer:tls-certificate, " },
  { "class", "Wsp" },
  { "beginning-of-a-property", "WspServer:tls-" },
  { "secret", "token=Secret12345&" },
  { "uri-with-a-user", "ws://me:Secret12345@h/?key=a " },
  { "header", "Authorization: Basic YTpi; " },
  { "cause", "Cannot connect to a: " },
  { "clause", "Status must be 101; " },
  { "flaw", "expired, " },
  { "bracket", "expected status 101, received status 404 (a) " },
  { "backslash", "\\\\x00\\\\" },
  { "quote", "\\\"a" },
  { "control", "\\u0007\\u202e" },
  { "mark-on-a-letter", "e\xcc\x81" },
  { "blank", " " },
  { "header-line", "A: b\\r\\n" },
  { "line-without-a-name", "a b\\n" },
  { "short-word", "a " },
  { "random-word", "Ab3dEf7hIj1lMn5p " },
  { "variable", "{{counter}} " },
  { "half-a-variable", "{{counter" },
};

static char *
repeat (const char *piece,
        gsize       length)
{
  GString *text = g_string_new (NULL);

  while (text->len < length)
    g_string_append (text, piece);
  return g_string_free (text, FALSE);
}

typedef void (*Show) (const char *text);

static void
print (const char *text)
{
  static const CommandLine line = { "read IN", PRINTS_TEXT };
  g_autofree char *file = g_strconcat (FIRST, text, "\"}\n", NULL);
  g_autoptr (GBytes) input = g_bytes_new (file, strlen (file));
  g_autoptr (GBytes) output = NULL;
  g_autofree char *problem = in_process_run (&line, input, &output);

  g_assert_cmpstr (problem, ==, NULL);
  g_assert_cmpuint (g_bytes_get_size (output), >, 0);
}

static void
translate (const char *text)
{
  g_autofree char *plain = g_strcompress (text);        /* but for \u, it is what JSON says */
  g_autofree char *shown = wsi_translate_text (plain);

  g_assert_nonnull (shown);
}

static void
expand (const char *text)
{
  WsiVariables values = WSI_VARIABLES_BEGIN;
  g_autofree char *plain = g_strcompress (text);
  g_autoptr (WsiExpansion) expansion = wsi_variables_expand (&values, plain, NULL);

  g_assert_nonnull (expansion);
}

static void
push_piece (Scene      *scene,
            guint8      byte0,
            const char *text,
            gsize       length)
{
  const guint8 head[] = { byte0, (guint8) length };

  scene_push (scene, WSP_DIRECTION_RECEIVED, head, sizeof head);
  scene_push (scene, WSP_DIRECTION_RECEIVED, text, length);
}

/* A message in short frames, each of which is written before the next one comes.  The text is that
 * of a secret, which is hidden. */
static void
save (const char *text)
{
  const gsize length = strlen (text);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (WsiExporter) exporter = NULL;

  scene_init (&scene);
  exporter = wsi_format_open (WSI_FORMAT_SESSION, scene.store, redactor, stream);
  scene_write_live (&scene, exporter);
  scene_shake_hands (&scene);
  push_piece (&scene, 0x01, BEGIN_OF_SECRET, strlen (BEGIN_OF_SECRET));
  for (gsize at = 0; at < length; at += LENGTH_OF_FRAME)
    push_piece (&scene, 0x00, text + at, MIN (LENGTH_OF_FRAME, length - at));
  push_piece (&scene, 0x80, "\"}", 2);
  g_assert_true (wsi_exporter_end (exporter, NULL));
  g_assert_cmpuint (wsi_redactor_get_n_hidden (redactor), >, 0);
}

/* A header of a request, as the redactor sees it. */
static void
hide (const char *text)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autofree char *plain = g_strcompress (text);
  g_autofree char *head = g_strconcat ("GET / HTTP/1.1\r\nX-Any: ", plain, "\r\n\r\n", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (head, strlen (head));
  g_autoptr (GBytes) shown = wsi_redactor_hide_head (redactor, bytes);

  g_assert_cmpuint (g_bytes_get_size (shown), >, 0);
}

static double
measure (Show        show,
         const char *text)
{
  double least_ms = G_MAXDOUBLE;

  for (guint i = 0; i < N_RUNS; i++)
    {
      clock_t begin = clock ();

      show (text);
      least_ms = MIN (least_ms, (double) (clock () - begin) * 1000 / CLOCKS_PER_SEC);
    }
  return least_ms;
}

static void
check_growth (Show        show,
              const char *piece)
{
  g_autofree char *text = repeat (piece, LENGTH);
  g_autofree char *longer = repeat (piece, FACTOR * LENGTH);
  double ms = measure (show, text), longer_ms = measure (show, longer);

  g_test_message ("%.1f ms for %u bytes, %.1f ms for %u", ms, LENGTH, longer_ms, FACTOR * LENGTH);
  g_assert_cmpfloat (longer_ms, <, MAX_GROWTH * MAX (ms, LEAST_MS));
}

static void
test_printed (gconstpointer data)
{
  check_growth (print, pieces[GPOINTER_TO_SIZE (data)].piece);
}

static void
test_translated (gconstpointer data)
{
  check_growth (translate, pieces[GPOINTER_TO_SIZE (data)].piece);
}

static void
test_expanded (gconstpointer data)
{
  check_growth (expand, pieces[GPOINTER_TO_SIZE (data)].piece);
}

static void
test_saved (gconstpointer data)
{
  check_growth (save, pieces[GPOINTER_TO_SIZE (data)].piece);
}

static void
test_hidden (gconstpointer data)
{
  check_growth (hide, pieces[GPOINTER_TO_SIZE (data)].piece);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/inspector/growth/printed", pieces, test_printed);
  ADD_ROWS ("/inspector/growth/translated", pieces, test_translated);
  ADD_ROWS ("/inspector/growth/expanded", pieces, test_expanded);
  ADD_ROWS ("/inspector/growth/saved", pieces, test_saved);
  ADD_ROWS ("/inspector/growth/hidden", pieces, test_hidden);
  return g_test_run ();
}
