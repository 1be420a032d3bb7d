/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A source that is attached to a program which tells what a row says: good, wrong, cut or late. */

#include <libwsproto/wsproto.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "inspect/sources/program/wsi-program-record.h"
#include "inspect/sources/program/wsi-program-source.h"
#include "inspect/sources/wsi-session.h"
#include "inspect/sources/wsi-temporary-folder.h"
#include "inspector/listing.h"
#include "lib/rows.h"

#define PID "4711"              /* of no process: the socket is what counts */
#define WAIT_MS 10000

/* Integers and strings of a record. */
#define U32(n) n "\0\0\0"
#define U64(n) n "\0\0\0\0\0\0\0"
#define NOTHING U32 ("\0")
#define SENT "\0"
#define RECEIVED "\1"
#define HELLO R (WSP_ATTACH_HELLO, 0, U32 ("\1") U32 ("\7") U32 ("\0") U32 ("\4") "chat" NOTHING \
                 NOTHING)
#define OPENED(n) R (WSP_ATTACH_OPENED, n, "\1" U32 ("\6") "ws://h" NOTHING NOTHING NOTHING NOTHING)
#define POSITION(n, direction, offset) \
  R (WSP_ATTACH_POSITION, n, direction U64 (offset) "\0\0\0" U64 ("\0") "\0\0\0\0" NOTHING)
#define BYTES(n, direction, offset, bytes) R (WSP_ATTACH_BYTES, n, direction U64 (offset) bytes)
#define OPEN(n_open, n_before, numbers) R (WSP_ATTACH_OPEN, 0, U32 (n_open) U32 (n_before) numbers)
#define R(kind, connection, payload) { kind, connection, payload, sizeof (payload) - 1 }
#define HEADS(n) R (WSP_ATTACH_HEADS, n, U32 ("\x5a") REQUEST U32 ("\x41") RESPONSE)
#define REQUEST "GET / HTTP/1.1\r\nHost: h\r\nSec-WebSocket-Version: 13\r\n" \
  "Upgrade: websocket\r\nConnection: Up\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nA: b\r\n\r\n"
#define ENDED "; 1 close: The program has ended"
#define CLOSED(n, clean, length, text) R (WSP_ATTACH_CLOSED, n, clean U32 (length) text)

typedef struct
{
  guint8      kind;
  guint32     connection;
  const char *payload;
  gsize       length;
} Record;

static const struct
{
  const char    *name;
  Record         records[12];
  const char    *raw;           /* bytes that are sent after the records; NULL: none */
  gsize          n_raw;
  WsiSourceState state;
  WsiSentenceId  sentence;
  guint          n_watches;     /* number of requests that the program gets */
  const char    *rows;
} cases[] = {
  { "new-connection",
    { HELLO, OPENED (1), HEADS (1), POSITION (1, SENT, "\0"), POSITION (1, RECEIVED, "\0"),
      BYTES (1, RECEIVED, "\0", "\x81\x82\0\0\0\0hi"), CLOSED (1, "\1", "\3", "bye") },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 1,
    "1 opened: ws://h; 1 request: GET / HTTP/1.1; 1 response: HTTP/1.1 101 X; 1 < text 'hi'; 1 close: bye" },
  { "late-connection",
    { HELLO, OPENED (1), POSITION (1, SENT, "\x40"), POSITION (1, RECEIVED, "\0"),
      BYTES (1, SENT, "\x40", "\x81\x02hi") },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 1,
    "1 opened: ws://h; 1 note: Opened before we attached: what passed before is not shown; 1 > text 'hi'" ENDED },
  { "told-before-is-not-doubled",
    { HELLO, OPENED (1), POSITION (1, SENT, "\0"), BYTES (1, SENT, "\0", "\x81\x02hi"), OPENED (1),
      POSITION (1, SENT, "\2"), BYTES (1, SENT, "\2", "hi\x81\x02ho"), POSITION (1, SENT, "\0"),
      BYTES (1, SENT, "\0", "\x81\x02hi") },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 1,
    "1 opened: ws://h; 1 > text 'hi'; 1 > text 'ho'" ENDED },
  { "gap-goes-on-at-the-next-position",
    { HELLO, OPENED (1), POSITION (1, SENT, "\0"), BYTES (1, SENT, "\0", "\x81\x02hi"),
      BYTES (1, SENT, "\x10", "\x81\x02no"), POSITION (1, SENT, "\x20"),
      BYTES (1, SENT, "\x20", "\x81\x02ho") },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 2,
    "1 opened: ws://h; 1 > text 'hi'; 1 gap >28; 1 > text 'ho'" ENDED },
  { "other-inspectors-bytes-wait-for-a-position",
    { HELLO, OPENED (1), BYTES (1, SENT, "\0", "\x81\x02no"), POSITION (1, RECEIVED, "\0"),
      BYTES (1, SENT, "\4", "\x81\x02no"), BYTES (2, SENT, "\4", "\x81\x02no") },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 1, "1 opened: ws://h" ENDED },
  { "dropped", { HELLO, R (WSP_ATTACH_DROPPED, 0, U64 ("\5")) },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 2,
    "0 note: Records lost because the inspector was too slow: 5; the program did not wait" },
  { "notes-of-lost-records-are-few",
    { HELLO, R (WSP_ATTACH_DROPPED, 0, U64 ("\5")), R (WSP_ATTACH_DROPPED, 0, U64 ("\2")),
      R (WSP_ATTACH_DROPPED, 0, U64 ("\1")) },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 2,
    "0 note: Records lost because the inspector was too slow: 5; the program did not wait; "
    "0 note: Records lost because the inspector was too slow: 3; the program did not wait" },
  { "end-that-was-lost",
    { HELLO, OPENED (1), POSITION (1, SENT, "\0"), OPENED (2), POSITION (2, SENT, "\0"),
      OPEN ("\1", "\0", U32 ("\2")) },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 1,
    "1 opened: ws://h; 2 opened: ws://h; "
    "1 close: Closed; how it has ended was among the records that were lost; "
    "2 close: The program has ended" },
  { "open-ones-in-two-records",
    { HELLO, OPENED (1), POSITION (1, SENT, "\0"), OPENED (2), OPEN ("\2", "\0", U32 ("\2")),
      OPEN ("\2", "\1", U32 ("\1")) },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 1, "1 opened: ws://h" ENDED },
  { "half-of-the-open-ones-was-lost",
    { HELLO, OPENED (1), POSITION (1, SENT, "\0"), R (WSP_ATTACH_DROPPED, 0, U64 ("\5")),
      OPEN ("\2", "\1", U32 ("\2")) },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 2,
    "1 opened: ws://h; 0 note: Records lost because the inspector was too slow: 5; the program did not wait" ENDED },
  { "cut-number-of-an-open-one", { HELLO, OPEN ("\1", "\0", "\1\0") },
    NULL, 0, WSI_SOURCE_FAILED, WSI_SENTENCE_PROGRAM_LOST, 1, "" },
  { "kinds-of-an-older-library-are-skipped",
    { HELLO, OPENED (1), POSITION (1, SENT, "\0"), R (6, 1, "\1\1\0\0" U64 ("\2") U64 ("\0")),
      R (6, 1, ""), R (7, 1, "{}"), R (7, 2, "{}"), BYTES (1, SENT, "\0", "\x81\x02hi") },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 1,
    "1 opened: ws://h; 1 > text 'hi'" ENDED },
  { "unknown-kinds-are-skipped", { HELLO, R (99, 3, "what?"), OPENED (1), POSITION (1, SENT, "\0") },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 1, "1 opened: ws://h" ENDED },
  { "longer-records-are-read",
    { R (WSP_ATTACH_HELLO, 0, U32 ("\1") U32 ("\7") U32 ("\0") NOTHING NOTHING NOTHING "more"), OPENED (1),
      CLOSED (1, "\0", "\0", "more") },
    NULL, 0, WSI_SOURCE_ENDED, WSI_SENTENCE_PROGRAM_ENDED, 1,
    "1 opened: ws://h; 1 close: Connection ended without a Close frame" },
  { "another-version", { R (WSP_ATTACH_HELLO, 0, U32 ("\2")) },
    NULL, 0, WSI_SOURCE_FAILED, WSI_SENTENCE_PROGRAM_VERSION, 0, "" },
  { "no-hello", { OPENED (1) }, NULL, 0, WSI_SOURCE_FAILED, WSI_SENTENCE_PROGRAM_VERSION, 0, "" },
  { "no-byte", { { 0 } }, NULL, 0, WSI_SOURCE_FAILED, WSI_SENTENCE_PROGRAM_FULL, 0, "" },
  { "cut-hello", { { 0 } }, "\x40\0\0\0\1", 5, WSI_SOURCE_FAILED, WSI_SENTENCE_PROGRAM_FULL, 0,
    "" },
  { "cut-record", { HELLO, OPENED (1) }, "\x40\0\0\0\5", 5, WSI_SOURCE_ENDED,
    WSI_SENTENCE_PROGRAM_ENDED, 1, "" },
  { "damaged-record", { HELLO, OPENED (1), R (WSP_ATTACH_POSITION, 1, "\0") },
    NULL, 0, WSI_SOURCE_FAILED, WSI_SENTENCE_PROGRAM_LOST, 1, "" },
  { "direction-that-there-is-not", { HELLO, OPENED (1), BYTES (1, "\2", "\0", "x") },
    NULL, 0, WSI_SOURCE_FAILED, WSI_SENTENCE_PROGRAM_LOST, 1, "" },
  { "role-that-there-is-not",
    { HELLO, R (WSP_ATTACH_OPENED, 1, "\7" NOTHING NOTHING NOTHING NOTHING NOTHING) },
    NULL, 0, WSI_SOURCE_FAILED, WSI_SENTENCE_PROGRAM_LOST, 1, "" },
  { "text-that-is-no-utf8", { HELLO, OPENED (1), CLOSED (1, "\1", "\2", "\xff\xff") },
    NULL, 0, WSI_SOURCE_FAILED, WSI_SENTENCE_PROGRAM_LOST, 1, "" },
  { "length-that-lies", { HELLO }, "\xff\xff\xff\x7f", 4, WSI_SOURCE_FAILED,
    WSI_SENTENCE_PROGRAM_LOST, 1, "" },
  { "length-that-is-too-short", { HELLO }, "\1\0\0\0\5", 5, WSI_SOURCE_FAILED,
    WSI_SENTENCE_PROGRAM_LOST, 1, "" },
};

/* A program: sends the bytes, and goes when it has got the requests. */
typedef struct
{
  int      listener;
  GBytes  *bytes;
  guint    n_expected, n_watches;
  gboolean is_silent;           /* TRUE if the program sends nothing at first */
  GBytes  *again;               /* bytes that are sent each second until the inspector goes; NULL:
                                 * nothing */
} Program;

static void
append (GByteArray   *bytes,
        const Record *record)
{
  guint32 length = GUINT32_TO_LE ((guint32) (WSP_ATTACH_HEADER_LENGTH + record->length));
  guint32 connection = GUINT32_TO_LE (record->connection);
  guint64 time = GUINT64_TO_LE (G_GUINT64_CONSTANT (1700000000000000));

  g_byte_array_append (bytes, (const guint8 *) &length, 4);
  g_byte_array_append (bytes, &record->kind, 1);
  g_byte_array_append (bytes, (const guint8 *) &connection, 4);
  g_byte_array_append (bytes, (const guint8 *) &time, 8);
  g_byte_array_append (bytes, (const guint8 *) record->payload, record->length);
}

/* Bytes may come one after the other. */
static gpointer
run_program (gpointer data)
{
  Program *self = data;
  int fd = accept (self->listener, NULL, NULL);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (self->bytes, &length);
  struct timeval limit = { .tv_sec = 1 };
  guint8 watch[WSP_ATTACH_LENGTH_LENGTH + WSP_ATTACH_HEADER_LENGTH];
  gssize n;

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (self->is_silent)
    g_usleep (1500 * 1000);
  for (gsize i = 0; i < length; i += 7)
    (void) !send (fd, bytes + i, MIN (7, length - i), MSG_NOSIGNAL);
  while (self->n_watches < self->n_expected &&
         ((n = recv (fd, watch, sizeof watch, MSG_WAITALL)) == sizeof watch ||
          (n < 0 && self->again != NULL)))
    if (n > 0)
      self->n_watches += watch[WSP_ATTACH_LENGTH_LENGTH] == WSP_ATTACH_WATCH;
    else
      (void) !send (fd, g_bytes_get_data (self->again, NULL), g_bytes_get_size (self->again),
                    MSG_NOSIGNAL);
  close (fd);
  return NULL;
}

static int
listen_as (const char *pid)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/wsproto-inspector/%s",
              g_getenv ("XDG_RUNTIME_DIR"), pid);
  unlink (address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 4), ==, 0);
  return fd;
}

static WsiSource *
attach (WsiSession *session,
        const char *program)
{
  const WsiLaneOptions lane = {
    .kind = WSI_LANE_LIVE, .when_full = WSI_WHEN_FULL_SKIP, .max_bytes = WSI_LANE_DEFAULT_MAX_BYTES,
  };
  g_autoptr (WsiRecorder) recorder = wsi_session_make_recorder (session, WSP_ROLE_CLIENT, &lane);
  g_autoptr (WsiProgramSource) source = wsi_program_source_new (recorder, program, NULL, 0);

  wsi_session_add (session, WSI_SOURCE (source));
  return WSI_SOURCE (source);
}

static void
wait_for_end (WsiSource *source)
{
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * 1000;

  while (wsi_source_get_state (source) < WSI_SOURCE_ENDED)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

static void
test_told (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiSession) session = wsi_session_new_with_limits (&limits);
  Program program = { .listener = listen_as (PID), .n_expected = cases[row].n_watches };
  g_autoptr (GThread) thread = NULL;
  g_autofree char *rows = NULL;
  WsiSource *source;

  for (guint i = 0; i < G_N_ELEMENTS (cases[row].records) && cases[row].records[i].kind != 0; i++)
    append (bytes, &cases[row].records[i]);
  if (cases[row].raw != NULL)
    g_byte_array_append (bytes, (const guint8 *) cases[row].raw, cases[row].n_raw);
  program.bytes = g_bytes_new (bytes->data, bytes->len);
  thread = g_thread_new ("program", run_program, &program);

  source = attach (session, PID);
  wait_for_end (source);
  g_thread_join (g_steal_pointer (&thread));
  g_assert_cmpint (wsi_source_get_state (source), ==, cases[row].state);
  g_assert_nonnull (wsi_source_get_sentence (source));
  g_assert_cmpint (wsi_source_get_sentence (source)->id, ==, cases[row].sentence);
  g_assert_cmpuint (program.n_watches, ==, cases[row].n_watches);
  rows = listing_make (wsi_session_get_store (session));
  g_assert_cmpstr (rows, ==, cases[row].rows);
  close (program.listener);
  g_bytes_unref (program.bytes);
}

static void
on_changed (WsiSource *source,
            guint     *n_told)
{
  const WsiSentence *sentence = wsi_source_get_sentence (source);

  if (wsi_source_get_state (source) == WSI_SOURCE_STARTING && sentence != NULL)
    *n_told += sentence->id == WSI_SENTENCE_PROGRAM_SILENT;
  if (wsi_source_get_state (source) == WSI_SOURCE_RUNNING && sentence != NULL)
    *n_told += sentence->id == WSI_SENTENCE_PROGRAM_STILL;
}

/* The source has the title of the hello behind the name; PID may be that of any process. */
static void
test_title (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const Record hello = R (WSP_ATTACH_HELLO, 0, U32 ("\1") U32 ("\7") U32 ("\0") U32 ("\4") "chat"
                          NOTHING U32 ("\10") "Tea Chat");
  g_autoptr (WsiSession) session = wsi_session_new_with_limits (&limits);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Program program = { .listener = listen_as (PID), .n_expected = 1 };
  g_autoptr (GThread) thread = NULL;
  WsiSource *source;

  append (bytes, &hello);
  program.bytes = g_bytes_new (bytes->data, bytes->len);
  thread = g_thread_new ("program", run_program, &program);
  source = attach (session, PID);
  wait_for_end (source);
  g_thread_join (g_steal_pointer (&thread));
  g_assert_true (g_str_has_suffix (wsi_source_get_title (source), " · Tea Chat"));
  close (program.listener);
  g_bytes_unref (program.bytes);
}

/* It says hello later: the user knows what is waited for. */
static void
test_silent (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const Record hello = HELLO;
  g_autoptr (WsiSession) session = wsi_session_new_with_limits (&limits);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Program program = { .listener = listen_as (PID), .n_expected = 1, .is_silent = TRUE };
  g_autoptr (GThread) thread = NULL;
  guint n_told = 0;
  WsiSource *source;

  append (bytes, &hello);
  program.bytes = g_bytes_new (bytes->data, bytes->len);
  thread = g_thread_new ("program", run_program, &program);
  source = attach (session, PID);
  g_signal_connect (source, "changed", G_CALLBACK (on_changed), &n_told);
  wait_for_end (source);
  g_thread_join (g_steal_pointer (&thread));
  g_assert_cmpuint (n_told, ==, 1);
  g_assert_cmpint (wsi_source_get_state (source), ==, WSI_SOURCE_ENDED);
  close (program.listener);
  g_bytes_unref (program.bytes);
}

/* A connection is open that tells nothing, and the program has rounds of other inspectors; then the
 * user stops. */
static void
test_still (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const Record records[] = { HELLO, OPENED (2), OPEN ("\2", "\0", U32 ("\1") U32 ("\2")) };
  g_autoptr (WsiSession) session = wsi_session_new_with_limits (&limits);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Program program = { .listener = listen_as (PID), .n_expected = 2 };
  g_autoptr (GThread) thread = NULL;
  guint n_told = 0;
  WsiSource *source;

  for (guint i = 0; i < G_N_ELEMENTS (records); i++)
    append (bytes, &records[i]);
  program.bytes = g_bytes_new (bytes->data, bytes->len);
  g_byte_array_set_size (bytes, 0);
  append (bytes, &records[2]);
  program.again = g_bytes_new (bytes->data, bytes->len);
  thread = g_thread_new ("program", run_program, &program);
  source = attach (session, PID);
  g_signal_connect (source, "changed", G_CALLBACK (on_changed), &n_told);
  while (n_told == 0)
    g_main_context_iteration (NULL, TRUE);
  wsi_session_stop (session);
  wait_for_end (source);
  g_assert_cmpint (wsi_source_get_state (source), ==, WSI_SOURCE_ENDED);
  g_assert_null (wsi_source_get_sentence (source));
  g_thread_join (g_steal_pointer (&thread));
  close (program.listener);
  g_bytes_unref (program.again);
  g_bytes_unref (program.bytes);
}

static const struct
{
  const char *name, *program, *says;
} absent_cases[] = {
  { "process-without-a-socket", "4712", "WSP_ATTACH=1" },
  { "name-of-none", "no-such-program", "WSP_ATTACH=1" },
  { "socket-of-a-program-that-has-ended", "4713", "WSP_ATTACH=1" },
};

static void
test_absent (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiSession) session = wsi_session_new_with_limits (&limits);
  g_autofree char *text = NULL;
  WsiSource *source;

  close (listen_as ("4713"));
  source = attach (session, absent_cases[row].program);
  wait_for_end (source);
  g_assert_cmpint (wsi_source_get_state (source), ==, WSI_SOURCE_FAILED);
  text = wsi_sentence_to_string (wsi_source_get_sentence (source));
  g_assert_nonnull (strstr (text, absent_cases[row].says));
  g_assert_nonnull (strstr (text, absent_cases[row].program));
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *folder = NULL;
  g_autofree char *sockets = NULL;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("attach-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  sockets = g_build_filename (folder, "wsproto-inspector", NULL);
  g_assert_cmpint (mkdir (sockets, 0700), ==, 0);

  ADD_ROWS ("/inspector/program-source/told", cases, test_told);
  ADD_ROWS ("/inspector/program-source/absent", absent_cases, test_absent);
  g_test_add_func ("/inspector/program-source/has-the-title-of-the-program", test_title);
  g_test_add_func ("/inspector/program-source/silent/is-told-and-waited-for", test_silent);
  g_test_add_func ("/inspector/program-source/still/is-told-until-the-user-stops", test_still);
  int status = g_test_run ();

  wsi_temporary_folder_remove (folder);
  return status;
}
