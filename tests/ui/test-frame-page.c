/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The page of one frame: the diagram of its bits, each field by keys, and the words about it. */
#include "ui/details/wsi-frame-page.h"

#include <adwaita.h>
#include <string.h>

#include "inspect/capture/wsi-recorder.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/details/wsi-bit-grid.h"
#include "ui/parts/wsi-hex-view.h"
#include "ui/template-children.h"
#include "ui/window/wsi-application.h"

#define REQUEST "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
#define BROKEN "\xf3\x81\x37\xfa\x21\x3d\x00"
#define BROKEN_FIELDS 9
#define LONG_FIELDS 10          /* with the extended length */
#define WIDE 1000
#define NARROW 360

static GtkApplication *application;

/* In the order in which the client sends them, after the response. */
typedef enum
{
  FRAME_TEXT,                   /* a text message, "Hello" */
  FRAME_LONG,                   /* a message of 126 bytes */
  FRAME_FIRST_FRAGMENT,
  FRAME_LAST_FRAGMENT,
  FRAME_BROKEN,                 /* a frame with all reserved bits and a reserved opcode */
  N_FRAMES,
} Frame;

typedef struct
{
  WsiStore     *store;
  WsiRow       *rows[N_FRAMES];
  WsiRow       *event;
  GtkWindow    *window;
  WsiFramePage *page;
} Scene;

static WsiLineView *
get_lines (WsiHexView *hex)
{
  return WSI_LINE_VIEW (ui_test_find (GTK_WIDGET (hex), ui_test_is_type, "WsiLineView"));
}

static void
find_rows (Scene *scene)
{
  guint n = 0;

  for (guint64 i = 0; i < wsi_store_get_end (scene->store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (scene->store, i);

      if (wsi_record_is_frame (record))
        scene->rows[n++] = wsi_row_new (scene->store, i);
      else if (scene->event == NULL)
        scene->event = wsi_row_new (scene->store, i);
    }
  g_assert_cmpuint (n, ==, N_FRAMES);
}

static void
record (Scene *scene)
{
  static const struct
  {
    WspDirection direction;
    const char  *bytes;
    gsize        length;
  } pushes[] = {
    { WSP_DIRECTION_SENT, REQUEST, sizeof REQUEST - 1 },
    { WSP_DIRECTION_RECEIVED, RESPONSE, sizeof RESPONSE - 1 },
    { WSP_DIRECTION_SENT, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11 },
    { WSP_DIRECTION_SENT, "\x82\xfe\x00\x7e\x37\xfa\x21\x3d", 8 },
    { WSP_DIRECTION_SENT, NULL, 126 },
    { WSP_DIRECTION_SENT, "\x01\x80\x37\xfa\x21\x3d", 6 },
    { WSP_DIRECTION_SENT, "\x80\x80\x37\xfa\x21\x3d", 6 },
    { WSP_DIRECTION_SENT, BROKEN, sizeof BROKEN - 1 },
  };
  static const char zeros[126];
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  WsiConversation *conversation = wsi_recorder_open (recorder, &opening, 1);

  for (guint i = 0; i < G_N_ELEMENTS (pushes); i++)
    {
      g_autoptr (GBytes) bytes =
        g_bytes_new_static (pushes[i].bytes != NULL ? pushes[i].bytes : zeros, pushes[i].length);

      wsi_recorder_push (recorder, conversation, pushes[i].direction, bytes, i + 2);
    }
}

static void
scene_init (Scene *scene,
            int    width)
{
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  limits.max_file = 0;
  *scene = (Scene) { .store = wsi_store_new_with_limits (&limits) };
  record (scene);
  find_rows (scene);
  scene->page = g_object_new (WSI_TYPE_FRAME_PAGE, NULL);
  scene->window = GTK_WINDOW (gtk_application_window_new (application));
  gtk_window_set_default_size (scene->window, width, 700);
  gtk_window_set_child (scene->window, GTK_WIDGET (scene->page));
  gtk_window_present (scene->window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (scene->window));
}

static void
scene_clear (Scene *scene)
{
  gtk_window_destroy (scene->window);
  for (guint i = 0; i < N_FRAMES; i++)
    g_clear_object (&scene->rows[i]);
  g_clear_object (&scene->event);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static gpointer
get_part (Scene      *scene,
          const char *name)
{
  GObject *part =
    ui_test_get_child (scene->page, name);

  g_assert_nonnull (part);
  return part;
}

static const char *
get_text (Scene      *scene,
          const char *name)
{
  GtkLabel *label = get_part (scene, name);

  g_assert_false (gtk_label_get_use_markup (label));
  return gtk_label_get_text (label);
}

static void
show (Scene *scene,
      Frame  frame)
{
  wsi_frame_page_set_row (scene->page, scene->rows[frame]);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (scene->window));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (get_part (scene, "stack")), ==, "frame");
}

/* As an arrow key does. */
static void
step (Scene *scene,
      int    n_fields,
      int    n_rows)
{
  GtkWidget *diagram = get_part (scene, "diagram");

  g_assert_true (gtk_widget_activate_action (diagram, "bits.step", "(ii)", n_fields, n_rows));
}

static const struct
{
  const char *name, *field, *section;
} text_fields[] = {
  { "FIN", "FIN = 1: the last frame of its message", "RFC 6455 5.2" },
  { "RSV1", "RSV1 = 0: not used: no compression was negotiated", "RFC 6455 5.2, RFC 7692 6" },
  { "RSV2", "RSV2 = 0: not used", "RFC 6455 5.2" },
  { "RSV3", "RSV3 = 0: not used", "RFC 6455 5.2" },
  { "opcode", "opcode = 1 text: a text message, or its beginning: UTF-8", "RFC 6455 5.2" },
  { "MASK", "MASK = 1: masked, as a client must", "RFC 6455 5.1, 5.2" },
  { "length", "payload length = 5: bytes of payload", "RFC 6455 5.2" },
  { "key", "masking key = 0x37fa213d: unmasks the payload", "RFC 6455 5.3, 10.3" },
  { "payload", "payload 5 bytes: masked", "RFC 6455 5.2" },
};

/* From the first field to the last, and not beyond. */
static void
test_keys (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *diagram;

  scene_init (&scene, WIDE);
  diagram = get_part (&scene, "diagram");
  show (&scene, FRAME_TEXT);
  g_assert_cmpint (wsi_bit_diagram_get_selected (WSI_BIT_DIAGRAM (diagram)), ==, -1);
  for (guint i = 0; i <= G_N_ELEMENTS (text_fields); i++)
    {
      guint expected = MIN (i, G_N_ELEMENTS (text_fields) - 1);

      step (&scene, 1, 0);
      g_assert_cmpint (wsi_bit_diagram_get_selected (WSI_BIT_DIAGRAM (diagram)), ==, expected);
      g_assert_cmpstr (get_text (&scene, "field"), ==, text_fields[expected].field);
      g_assert_cmpstr (get_text (&scene, "section"), ==, text_fields[expected].section);
      gtk_test_accessible_assert_property (GTK_ACCESSIBLE (diagram),
                                           GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                           text_fields[expected].field);
    }
  picture_save (GTK_WIDGET (scene.window), "frame-page");
  step (&scene, -WSI_MAX_FRAME_PARTS, 0);
  g_assert_cmpint (wsi_bit_diagram_get_selected (WSI_BIT_DIAGRAM (diagram)), ==, 0);
  step (&scene, 0, 1);
  g_assert_cmpstr (get_text (&scene, "field"), ==, "masking key = 0x37fa213d: unmasks the payload");
}

static void
test_name (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, WIDE);
  show (&scene, FRAME_TEXT);
  g_assert_cmpint (gtk_accessible_get_accessible_role (get_part (&scene, "diagram")), ==,
                   GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (get_part (&scene, "diagram"),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Frame layout: FIN 1, RSV1 0, RSV2 0, RSV3 0, opcode 1 text, MASK 1, "
                                       "payload length 5, masking key 0x37fa213d, payload 5");
}

static GtkAccessible *
get_field (Scene *scene,
           guint  part)
{
  GtkWidget *field = gtk_widget_get_first_child (get_part (scene, "diagram"));

  for (guint i = 0; i < part; i++)
    field = gtk_widget_get_next_sibling (field);
  g_assert_true (gtk_widget_get_visible (field));
  return GTK_ACCESSIBLE (field);
}

static gboolean
is_selected (Scene *scene,
             guint  part)
{
  return gtk_test_accessible_check_state (get_field (scene, part), GTK_ACCESSIBLE_STATE_SELECTED,
                                          TRUE) == NULL;
}

/* For screen readers: each has a name and a place, and can be selected. */
static void
test_fields (void)
{
  g_auto (Scene) scene = { 0 };
  WsiBitDiagram *diagram;

  scene_init (&scene, WIDE);
  diagram = get_part (&scene, "diagram");
  show (&scene, FRAME_TEXT);
  for (guint i = 0; i < G_N_ELEMENTS (text_fields); i++)
    {
      gtk_test_accessible_assert_role (get_field (&scene, i), GTK_ACCESSIBLE_ROLE_LIST_ITEM);
      gtk_test_accessible_assert_property (get_field (&scene, i), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                           text_fields[i].field);
      g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (get_field (&scene, i))), >, 0);
      g_assert_true (gtk_widget_activate_action (GTK_WIDGET (get_field (&scene, i)), "bits.select",
                                                 NULL));
      g_assert_cmpint (wsi_bit_diagram_get_selected (diagram), ==, i);
      g_assert_true (is_selected (&scene, i));
      g_assert_true (i == 0 || !is_selected (&scene, i - 1));
    }
}

/* As many children as the frame has fields; what breaks a rule says so in words. */
static void
test_other_fields (void)
{
  g_auto (Scene) scene = { 0 };
  guint n_shown = 0;

  scene_init (&scene, NARROW);
  show (&scene, FRAME_LONG);
  get_field (&scene, LONG_FIELDS - 1);
  show (&scene, FRAME_BROKEN);
  for (GtkWidget *field = gtk_widget_get_first_child (get_part (&scene, "diagram")); field != NULL;
       field = gtk_widget_get_next_sibling (field))
    n_shown += gtk_widget_get_visible (field);
  g_assert_cmpuint (n_shown, ==, BROKEN_FIELDS);
  gtk_test_accessible_assert_property (get_field (&scene, 4), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "opcode = 3 reserved: without a meaning: a receiver fails the "
                                       "connection (breaks a rule)");
}

/* Before anything is clicked. */
static const struct
{
  const char *name;
  Frame       frame;
  const char *text, *compression;
} explanations[] = {
  { "only-frame", FRAME_TEXT,
    "Only frame of a text message, 11 bytes on the wire, masked by the client.",
    "RSV1 = 0: not used: no compression was negotiated" },
  { "first-fragment", FRAME_FIRST_FRAGMENT,
    "First frame of a text message, 6 bytes on the wire, masked by the client.",
    "RSV1 = 0: not used: no compression was negotiated" },
  { "last-fragment", FRAME_LAST_FRAGMENT,
    "Last frame of a text message, 6 bytes on the wire, masked by the client.",
    "RSV1 = 0: not used: no compression was negotiated" },
  { "broken", FRAME_BROKEN,
    "Frame with the reserved opcode 3, 7 bytes on the wire, masked by the client. "
    "It breaks 2 rules.", "RSV1 = 1: breaks a rule: no negotiated extension uses it" },
};

static void
test_explanation (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, NARROW);
  show (&scene, explanations[i].frame);
  g_assert_cmpstr (get_text (&scene, "explanation"), ==, explanations[i].text);
  g_assert_cmpstr (get_text (&scene, "compression"), ==, explanations[i].compression);
}

static const struct
{
  const char *name;
  Frame       frame;
  const char *text;
} places[] = {
  { "not-fragmented", FRAME_TEXT, "Bytes 140 to 150 of the client · message 4, not fragmented" },
  { "long", FRAME_LONG, "Bytes 151 to 284 of the client · message 5, not fragmented" },
  { "first-fragment", FRAME_FIRST_FRAGMENT, "Bytes 285 to 290 of the client · message 6, fragment 1 of 2" },
  { "last-fragment", FRAME_LAST_FRAGMENT, "Bytes 291 to 296 of the client · message 6, fragment 2 of 2" },
};

static void
test_place (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, WIDE);
  show (&scene, places[i].frame);
  g_assert_cmpstr (get_text (&scene, "place"), ==, places[i].text);
}

/* The selected field is marked in the bytes, and a byte selects its field. */
static void
test_bytes (void)
{
  g_auto (Scene) scene = { 0 };
  WsiHexView *hex;
  WsiByteRange marked;

  scene_init (&scene, WIDE);
  show (&scene, FRAME_TEXT);
  hex = get_part (&scene, "wire_hex");
  step (&scene, 1, 0);
  step (&scene, 7, 0);
  g_assert_true (g_str_has_prefix (get_text (&scene, "field"), "masking key"));
  for (guint i = 0; i < 2; i++)
    {
      marked = wsi_line_view_get_highlight (get_lines (get_part (&scene, i == 0 ? "wire_hex"
                                                                               : "plain_hex")));
      g_assert_cmpuint (marked.begin, ==, 2);
      g_assert_cmpuint (marked.end, ==, 6);
    }

  g_signal_emit_by_name (hex, "byte-selected", (guint64) 1);
  g_assert_true (g_str_has_prefix (get_text (&scene, "field"), "payload length"));
  g_signal_emit_by_name (get_part (&scene, "plain_hex"), "byte-selected", (guint64) 8);
  g_assert_true (g_str_has_prefix (get_text (&scene, "field"), "payload 5 bytes"));
  picture_save (GTK_WIDGET (scene.window), "frame-page-bytes");
}

static void
assert_bytes (Scene      *scene,
              const char *name,
              const char *expected,
              gsize       length)
{
  WsiHexView *hex = get_part (scene, name);
  WsiLineIndex *lines;
  GBytes *bytes;

  /* The lines are made when the width is known. */
  while ((lines = wsi_line_view_get_lines (get_lines (hex))) == NULL)
    g_main_context_iteration (NULL, TRUE);
  bytes = wsi_line_index_get_bytes (lines);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, length);
}

#define ASSERT_BYTES(scene, name, expected) \
  assert_bytes (scene, name, expected, sizeof (expected) - 1)

static void
assert_title (Scene      *scene,
              const char *title)
{
  GtkWidget *views = get_part (scene, "views");

  g_assert_cmpint (gtk_widget_get_visible (views), ==, title == NULL);
  g_assert_cmpint (gtk_widget_get_visible (get_part (scene, "plain_title")), ==, title != NULL);
  if (title != NULL)
    g_assert_cmpstr (get_text (scene, "plain_title"), ==, title);
}

/* A frame that is masked only. */
static void
test_unmasked (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, WIDE);
  show (&scene, FRAME_TEXT);
  ASSERT_BYTES (&scene, "wire_hex", "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  ASSERT_BYTES (&scene, "plain_hex", "\x81\x85\x37\xfa\x21\x3dHello");
  assert_title (&scene, "Unmasked");
}

/* There is nothing to unmask. */
static void
test_empty (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, WIDE);
  show (&scene, FRAME_TEXT);
  g_assert_true (gtk_widget_get_visible (get_part (&scene, "plain_pane")));
  show (&scene, FRAME_LAST_FRAGMENT);
  g_assert_false (gtk_widget_get_visible (get_part (&scene, "plain_pane")));
}

#define ZIPPED "\xf2\x48\xcd\xc9\xc9\x07\x00"        /* "Hello" (RFC 7692 7.2.3.1) */
#define DEFLATE "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"

/* The server and the client send a compressed text; the server then sends one as it is. */
static void
record_compressed (Scene  *scene,
                   WsiRow *rows[3])
{
  static const struct
  {
    WspDirection direction;
    const char  *bytes;
    gsize        length;
  } pushes[] = {
    { WSP_DIRECTION_SENT, REQUEST, sizeof REQUEST - 3 },
    { WSP_DIRECTION_SENT, DEFLATE, sizeof DEFLATE - 1 },
    { WSP_DIRECTION_RECEIVED, RESPONSE, sizeof RESPONSE - 3 },
    { WSP_DIRECTION_RECEIVED, DEFLATE, sizeof DEFLATE - 1 },
    { WSP_DIRECTION_RECEIVED, "\xc1\x07" ZIPPED, 9 },
    { WSP_DIRECTION_SENT, "\xc1\x87\x00\x00\x00\x00" ZIPPED, 13 },
    { WSP_DIRECTION_RECEIVED, "\x81\x02Hi", 4 },
  };
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  WsiConversation *conversation = wsi_recorder_open (recorder, &opening, 20);
  guint64 end;

  for (guint i = 0; i < G_N_ELEMENTS (pushes); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (pushes[i].bytes, pushes[i].length);

      wsi_recorder_push (recorder, conversation, pushes[i].direction, bytes, 20 + i);
    }
  end = wsi_store_get_end (scene->store);
  for (guint i = 0; i < 3; i++)
    rows[i] = wsi_row_new (scene->store, end - 3 + i);
}

static void
test_inflated (void)
{
  g_auto (Scene) scene = { 0 };
  WsiRow *rows[3];

  scene_init (&scene, WIDE);
  record_compressed (&scene, rows);
  wsi_frame_page_set_row (scene.page, rows[0]);
  ASSERT_BYTES (&scene, "wire_hex", "\xc1\x07" ZIPPED);
  ASSERT_BYTES (&scene, "plain_hex", "\xc1\x07Hello");
  assert_title (&scene, "Inflated");
  g_assert_cmpstr (get_text (&scene, "explanation"), ==,
                   "Only frame of a compressed text message, 9 bytes on the wire, not masked, from "
                   "the server.");
  g_assert_cmpstr (get_text (&scene, "compression"), ==,
                   "RSV1 = 1: compressed with permessage-deflate");

  wsi_frame_page_set_row (scene.page, rows[1]);
  ASSERT_BYTES (&scene, "plain_hex", "\xc1\x87\x00\x00\x00\x00Hello");
  assert_title (&scene, NULL);
  gtk_drop_down_set_selected (get_part (&scene, "views"), 0);
  ASSERT_BYTES (&scene, "plain_hex", "\xc1\x87\x00\x00\x00\x00" ZIPPED);

  wsi_frame_page_set_row (scene.page, rows[2]);
  g_assert_false (gtk_widget_get_visible (get_part (&scene, "plain_pane")));
  ASSERT_BYTES (&scene, "wire_hex", "\x81\x02Hi");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_object_unref (rows[i]);
}

/* Where the bytes are, and how many a line has at least. */
static const struct
{
  int      width;
  gboolean is_beside;
} panes[] = { { 380, FALSE }, { 599, FALSE }, { 600, TRUE }, { WIDE, TRUE } };

#define LEAST_IN_LINE 8

static guint
count_in_line (Scene      *scene,
               const char *name)
{
  WsiHexView *hex = get_part (scene, name);
  WsiLineIndex *lines;
  WsiLine line;

  while ((lines = wsi_line_view_get_lines (get_lines (hex))) == NULL)
    g_main_context_iteration (NULL, TRUE);
  wsi_line_index_get_line (lines, 0, &line);
  return line.length;
}

static void
test_panes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (panes); i++)
    {
      g_autofree char *name = g_strdup_printf ("frame-page-panes-%d", panes[i].width);
      g_auto (Scene) scene = { 0 };
      graphene_rect_t wire, plain;

      scene_init (&scene, panes[i].width);
      show (&scene, FRAME_LONG);
      g_assert_cmpuint (count_in_line (&scene, "wire_hex"), >=, LEAST_IN_LINE);
      g_assert_cmpuint (count_in_line (&scene, "plain_hex"), >=, LEAST_IN_LINE);
      ui_test_draw (GTK_WIDGET (scene.window), 3);
      g_assert_true (gtk_widget_compute_bounds (get_part (&scene, "wire_hex"),
                                                GTK_WIDGET (scene.page), &wire));
      g_assert_true (gtk_widget_compute_bounds (get_part (&scene, "plain_hex"),
                                                GTK_WIDGET (scene.page), &plain));
      g_assert_cmpint (wire.origin.y == plain.origin.y, ==, panes[i].is_beside);
      g_assert_cmpint (plain.origin.x + plain.size.width, <=, panes[i].width);
      picture_save (GTK_WIDGET (scene.window), name);
    }
}

/* A broken rule leads to its field. */
static void
test_faults (void)
{
  g_auto (Scene) scene = { 0 };
  GtkWidget *row;

  scene_init (&scene, WIDE);
  show (&scene, FRAME_TEXT);
  g_assert_false (gtk_widget_get_visible (get_part (&scene, "faults")));

  show (&scene, FRAME_BROKEN);
  g_assert_true (gtk_widget_get_visible (get_part (&scene, "faults")));
  row = gtk_widget_get_first_child (get_part (&scene, "fault_list"));
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==,
                   "RSV bit is set, but no negotiated extension uses it");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "RFC 6455 5.2 · A receiver fails the connection with close code 1002.");
  g_signal_emit_by_name (get_part (&scene, "fault_list"), "row-activated", row);
  g_assert_true (g_str_has_prefix (get_text (&scene, "field"), "RSV3 = 1: set, but"));
  row = gtk_widget_get_next_sibling (row);
  g_signal_emit_by_name (get_part (&scene, "fault_list"), "row-activated", row);
  g_assert_true (g_str_has_prefix (get_text (&scene, "field"), "opcode = 3 reserved: without"));
  g_assert_null (gtk_widget_get_next_sibling (row));
  picture_save (GTK_WIDGET (scene.window), "frame-page-broken");
}

/* Nothing of the frame before is left. */
static void
test_none (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, WIDE);
  show (&scene, FRAME_BROKEN);
  step (&scene, 1, 0);
  wsi_frame_page_set_row (scene.page, scene.event);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (get_part (&scene, "stack")), ==, "none");
  g_assert_cmpstr (adw_status_page_get_title (get_part (&scene, "none")), ==, "Not a Frame");
  g_assert_cmpint (wsi_bit_diagram_get_selected (get_part (&scene, "diagram")), ==, -1);
  step (&scene, 1, 0);
  g_assert_cmpint (wsi_bit_diagram_get_selected (get_part (&scene, "diagram")), ==, -1);

  wsi_frame_page_set_row (scene.page, NULL);
  g_assert_cmpstr (adw_status_page_get_title (get_part (&scene, "none")), ==, "No Frame Selected");
  show (&scene, FRAME_TEXT);
  g_assert_cmpstr (get_text (&scene, "field"), ==, "No field is selected");
}

#define MAX_GAP 4               /* pixels between two fields */

/* The first field, FIN, is one bit wide. */
static const struct
{
  const char *name;
  int         width;
  guint       n_columns;
} widths[] = {
  { "32-bits-in-a-row-where-it-is-wide", WIDE, 32 },
  { "8-bits-in-a-row-at-360", NARROW, 8 },
};

static void
test_width (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *name = g_strdup_printf ("frame-page-%d", widths[i].width);
  GtkWidget *diagram;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  scene_init (&scene, widths[i].width);
  show (&scene, FRAME_LONG);
  diagram = get_part (&scene, "diagram");
  g_assert_cmpint (ABS (gtk_widget_get_width (gtk_widget_get_first_child (diagram)) -
                        gtk_widget_get_width (diagram) / (int) widths[i].n_columns), <=, MAX_GAP);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (scene.page)), ==, widths[i].width);
  g_assert_cmpint (gtk_widget_get_direction (get_part (&scene, "diagram")), ==, GTK_TEXT_DIR_LTR);
  step (&scene, 1, 0);
  picture_save (GTK_WIDGET (scene.window), name);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* Every bit of the header is in one field, whatever the rows are. */
static void
test_grid (void)
{
  const guint columns[] = { 8, 32 };
  g_auto (Scene) scene = { 0 };
  WsiFrameLayout layout;

  scene_init (&scene, WIDE);
  for (guint i = 0; i < N_FRAMES; i++)
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++)
      {
        WsiBitGrid grid;

        wsi_frame_layout_init (&layout, wsi_row_get_frame (scene.rows[i]));
        wsi_bit_grid_init (&grid, &layout, columns[j]);
        for (guint part = 0; part < layout.n_parts; part++)
          for (guint bit = 0; bit < MAX (layout.parts[part].n_bits, 1); bit++)
            {
              guint at = layout.parts[part].first_bit + bit;
              int found = wsi_bit_grid_find (&grid, at / columns[j], at % columns[j]);

              g_assert_cmpint (found, ==, part);
            }
        g_assert_cmpint (wsi_bit_grid_find (&grid, grid.n_rows, 0), ==, -1);
      }
}

/* A browser and a HAR tell a message alone: nothing is said of its frames. */
static void
test_message (void)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .source = WSI_SOURCE_BROWSER };
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (GBytes) text = g_bytes_new_static ("Hello", 5);
  g_autoptr (WsiRow) row = NULL;

  scene_init (&scene, WIDE);
  recorder = wsi_recorder_new (scene.store, WSP_ROLE_CLIENT);
  wsi_recorder_message (recorder, wsi_recorder_open (recorder, &opening, 20), WSP_DIRECTION_SENT,
                        WSI_OPCODE_TEXT, text, 20);
  row = wsi_row_new (scene.store, wsi_store_get_end (scene.store) - 1);
  wsi_frame_page_set_row (scene.page, row);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (get_part (&scene, "stack")), ==, "none");
  g_assert_cmpstr (adw_status_page_get_title (get_part (&scene, "none")), ==,
                   "Frame Not Available");
  g_assert_nonnull (strstr (adw_status_page_get_description (get_part (&scene, "none")),
                            "not available here"));
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  application = ui_test_begin (&argc, &argv);

  g_test_add_func ("/ui/frame-page/keys/go-from-field-to-field", test_keys);
  g_test_add_func ("/ui/frame-page/name/is-the-whole-layout", test_name);
  g_test_add_func ("/ui/frame-page/fields/each-is-a-child-with-a-name", test_fields);
  g_test_add_func ("/ui/frame-page/fields/are-those-of-the-frame", test_other_fields);
  g_test_add_func ("/ui/frame-page/faults/lead-to-their-field", test_faults);
  g_test_add_func ("/ui/frame-page/bytes/are-linked-with-the-fields", test_bytes);
  g_test_add_func ("/ui/frame-page/bytes/unmasked", test_unmasked);
  g_test_add_func ("/ui/frame-page/bytes/of-no-payload-are-there-once", test_empty);
  g_test_add_func ("/ui/frame-page/bytes/inflated", test_inflated);
  g_test_add_func ("/ui/frame-page/bytes/are-beside-each-other-from-600", test_panes);
  g_test_add_func ("/ui/frame-page/none/of-a-message-without-frames", test_message);
  g_test_add_func ("/ui/frame-page/none/leaves-nothing-of-the-frame-before", test_none);
  g_test_add_func ("/ui/frame-page/grid/each-bit-is-in-its-field", test_grid);
  ADD_ROWS ("/ui/frame-page/explanation", explanations, test_explanation);
  ADD_ROWS ("/ui/frame-page/place", places, test_place);
  ADD_ROWS ("/ui/frame-page/width", widths, test_width);
  return ui_test_end (application);
}
