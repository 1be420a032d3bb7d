/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The editor of a message, without anything that sends: what is typed is checked, laid out, and
 * shown in colours or with offsets and characters beside it. */
#include "ui/composer/wsi-draft-editor.h"

#include <adwaita.h>
#include <gtksourceview/gtksource.h>
#include <string.h>

#include "keyboard.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/composer/wsi-draft-text.h"
#include "ui/template-children.h"
#include "ui/window/wsi-shortcuts.h"

#define WIDE 1280
#define NARROW 360
#define JUDGE_MS 250            /* as in wsi-draft-editor.c */
#define MAX_WORDS 4096          /* as in wsi-draft-text.c */
#define HEIGHT 240
#define LEAST_CONTRAST 7.0      /* WCAG 2.1, 1.4.6: also in high contrast */
#define MAX_STOP_US (2 * 1000 * 1000)   /* generous: the machine of the tests does other things */
#define LETTERS "{\"name\": \"Zo\xc3\xab \\u0041\", \"n\": -1.5, \"id\": {{counter}}, " \
  "\"list\": [1, true, null]}"

typedef struct
{
  WsiDraftEditor *editor;
  GtkWindow      *window;
  GtkTextView    *text;
  GtkTextBuffer  *buffer;
  char           *refused;      /* last sentence about a refused draft; NULL = none */
} Scene;

static void
keep_refused (Scene      *scene,
              const char *sentence)
{
  g_free (scene->refused);
  scene->refused = g_strdup (sentence);
}

static void
scene_init (Scene *scene,
            int    width)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  *scene = (Scene) { .editor = g_object_new (WSI_TYPE_DRAFT_EDITOR, "hexpand", TRUE, NULL) };
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (scene->editor));
  gtk_widget_add_css_class (box, "background");
  scene->window = ui_test_open (box, width, HEIGHT);
  scene->text = ui_test_get_child (scene->editor, "text");
  scene->buffer = gtk_text_view_get_buffer (scene->text);
  g_signal_connect_swapped (scene->editor, "refused", G_CALLBACK (keep_refused), scene);
}

static void
scene_clear (Scene *scene)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  ui_test_close (scene->window);
  g_free (scene->refused);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
set_draft (Scene       *scene,
           WsiDraftForm form,
           const char  *text)
{
  g_autoptr (WsiDraft) draft = wsi_draft_new (form, WSP_MESSAGE_TYPE_TEXT, text);

  wsi_draft_editor_set_draft (scene->editor, draft);
}

static const char *
get_sentence (Scene *scene)
{
  return ui_test_get_text (scene->editor, "verdict");
}

static gboolean
has_sentence (gpointer scene)
{
  return *get_sentence (scene) != '\0';
}

static void
wait_for_verdict (Scene *scene)
{
  gtk_label_set_text (ui_test_get_child (scene->editor, "verdict"), "");
  ui_test_wait_until (has_sentence, scene);
}

static gboolean
is_underlined (const GtkTextIter *place)
{
  g_autoptr (GSList) tags = gtk_text_iter_get_tags (place);
  gboolean is_found = FALSE;

  for (GSList *link = tags; link != NULL; link = link->next)
    {
      PangoUnderline underline;

      g_object_get (link->data, "underline", &underline, NULL);
      is_found |= underline == PANGO_UNDERLINE_ERROR;
    }
  return is_found;
}

static char *
dup_underlined (Scene *scene)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GtkTextIter place;

  gtk_text_buffer_get_start_iter (scene->buffer, &place);
  do
    if (is_underlined (&place))
      g_string_append_unichar (text, gtk_text_iter_get_char (&place));
  while (gtk_text_iter_forward_char (&place));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
dup_text (Scene *scene)
{
  return wsi_draft_text_dup (WSI_DRAFT_TEXT (scene->text));
}

static void
assert_text (Scene      *scene,
             const char *expected)
{
  g_autofree char *text = dup_text (scene);

  g_assert_cmpstr (text, ==, expected);
}

static const struct
{
  const char  *name;
  WsiDraftForm form;
  const char  *text, *sentence, *underlined;
} cases[] = {
  { "json-with-a-mistake", WSI_FORM_JSON, "{\"a\" 1}", "line 1, column 6: expected a colon, received '1'", "1" },
  { "json-that-is-not-finished", WSI_FORM_JSON, "[1, \n", "line 2, column 1: expected the rest of the value, received the end", "," },
  { "json-after-a-variable", WSI_FORM_JSON, "[\"{{uuid}}\", {{counter}} x]",
    "line 1, column 26: expected a comma or the end of the list, received 'x'", "x" },
  { "json-without-a-mistake", WSI_FORM_JSON, "[{{counter}}]", "No mistake, 3 bytes", "" },
  { "hex-with-an-odd-digit", WSI_FORM_HEX, "ca f\nfe",
    "line 1, column 5: expected a hexadecimal digit, received the end of the line", "f" },
  { "hex-with-a-wrong-character", WSI_FORM_HEX, "ca\nfe 0g", "line 2, column 5: expected a hexadecimal digit, received 'g'", "g" },
  { "hex-without-a-mistake", WSI_FORM_HEX, "ca,0xfe", "No mistake, 2 bytes", "" },
  { "base64-with-a-mistake", WSI_FORM_BASE64, "yv4*", "line 1, column 4: expected a base64 character, received '*'", "*" },
};

/* The mistake that is underlined is described in the window, by the tooltip and for a screen
 * reader. */
static void
test_verdict (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene;
  g_autofree char *underlined = NULL, *picture = g_strconcat ("editor-", cases[i].name, NULL);
  gboolean is_shown = FALSE;

  scene_init (&scene, WIDE);
  set_draft (&scene, cases[i].form, "");
  gtk_text_buffer_insert_at_cursor (scene.buffer, cases[i].text, -1);
  wait_for_verdict (&scene);
  underlined = dup_underlined (&scene);
  g_assert_cmpstr (get_sentence (&scene), ==, cases[i].sentence);
  g_assert_cmpstr (underlined, ==, cases[i].underlined);
  g_signal_emit_by_name (scene.text, "query-tooltip", 0, 0, TRUE,
                         g_object_new (GTK_TYPE_TOOLTIP, NULL), &is_shown);
  g_assert_true (is_shown == (*underlined != '\0'));
  if (is_shown)
    {
      gtk_test_accessible_assert_state (GTK_ACCESSIBLE (scene.text), GTK_ACCESSIBLE_STATE_INVALID,
                                        GTK_ACCESSIBLE_INVALID_TRUE);
      gtk_test_accessible_assert_property (GTK_ACCESSIBLE (scene.text),
                                           GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                           cases[i].sentence);
    }
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  picture_save (gtk_window_get_child (scene.window), picture);

  /* The next key takes the underline away at once. */
  gtk_text_buffer_insert_at_cursor (scene.buffer, " ", -1);
  g_clear_pointer (&underlined, g_free);
  underlined = dup_underlined (&scene);
  g_assert_cmpstr (underlined, ==, "");
  g_assert_false (gtk_test_accessible_has_state (GTK_ACCESSIBLE (scene.text),
                                                 GTK_ACCESSIBLE_STATE_INVALID));
}

static gboolean
end_wait (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

/* Text may be anything. */
static void
test_text (void)
{
  gboolean is_over = FALSE;
  g_auto (Scene) scene;
  g_autofree char *underlined = NULL;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_JSON, "{");
  g_assert_true (has_sentence (&scene));
  set_draft (&scene, WSI_FORM_TEXT, "{");
  g_assert_false (gtk_widget_get_visible (ui_test_get_child (scene.editor, "verdict")));
  g_timeout_add (2 * JUDGE_MS, end_wait, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  underlined = dup_underlined (&scene);
  g_assert_cmpstr (underlined, ==, "");
}

/* Not the text before in the form of the next one, and nothing after it. */
static void
test_draft_is_judged_once (void)
{
  gboolean is_over = FALSE;
  g_auto (Scene) scene;
  guint n_sentences = 0;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_JSON, "[1");
  g_signal_connect_swapped (ui_test_get_child (scene.editor, "verdict"), "notify::label",
                            G_CALLBACK (g_atomic_int_inc), &n_sentences);
  set_draft (&scene, WSI_FORM_HEX, "ca fe");
  g_timeout_add (2 * JUDGE_MS, end_wait, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (get_sentence (&scene), ==, "No mistake, 2 bytes");
  g_assert_cmpuint (n_sentences, ==, 1);
}

/* One undo brings the text back as it was typed. */
static void
test_layout (void)
{
  g_auto (Scene) scene;
  GtkTextIter place;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_JSON, "{\"a\":[{{counter}},\"{{uuid}}\"]}");
  gtk_text_buffer_get_iter_at_offset (scene.buffer, &place, 6);
  gtk_text_buffer_place_cursor (scene.buffer, &place);
  gtk_widget_grab_focus (GTK_WIDGET (scene.editor));
  g_assert_nonnull (keyboard_press (GTK_WIDGET (scene.window), "<Control><Shift>f"));
  assert_text (&scene, "{\n  \"a\": [\n    {{counter}},\n    \"{{uuid}}\"\n  ]\n}");
  gtk_text_buffer_get_iter_at_mark (scene.buffer, &place,
                                    gtk_text_buffer_get_insert (scene.buffer));
  g_assert_cmpint (gtk_text_iter_get_offset (&place), ==, 10);
  keyboard_press (GTK_WIDGET (scene.window), "<Control>z");
  assert_text (&scene, "{\"a\":[{{counter}},\"{{uuid}}\"]}");
}

static void
test_hex_layout (void)
{
  g_auto (Scene) scene;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_HEX, "000102030405060708090a0b0c0d0e0f10");
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  gtk_widget_activate_action (GTK_WIDGET (scene.editor), "draft.lay-out", NULL);
  assert_text (&scene, "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n10");
  set_draft (&scene, WSI_FORM_HEX, "0");
  gtk_widget_activate_action (GTK_WIDGET (scene.editor), "draft.lay-out", NULL);
  assert_text (&scene, "0");
}

/* The text that would be too long stays. */
static void
test_long_layout (void)
{
  g_auto (Scene) scene;
  g_autofree char *ones = g_strnfill (WSI_DRAFT_MAX_TEXT / 2, '1'), *list = NULL, *text = NULL;

  for (gsize i = 1; i < WSI_DRAFT_MAX_TEXT / 2; i += 2)
    ones[i] = ',';
  ones[WSI_DRAFT_MAX_TEXT / 2 - 1] = '1';
  list = g_strconcat ("[", ones, "]", NULL);
  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_JSON, list);
  gtk_widget_activate_action (GTK_WIDGET (scene.editor), "draft.lay-out", NULL);
  text = dup_text (&scene);
  g_assert_true (g_str_equal (text, list));
  g_assert_nonnull (strstr (scene.refused, "too long"));
}

/* The number of bytes of a character, and such a character. */
static const struct
{
  const char *name, *character;
} characters[] = {
  { "one-byte", "a" },
  { "two-bytes", "\xc3\xab" },
  { "three-bytes", "\xe2\x82\xac" },
  { "four-bytes", "\xf0\x9f\x8d\x8e" },
};

/* In lines, because a text view is slow with long ones. */
static char *
make_lines (const char *character,
            gsize       length)
{
  gsize n_line = 64 / strlen (character) - 1;
  GString *text = g_string_sized_new (length);

  while (text->len + strlen (character) <= length)
    {
      for (gsize i = 0; i < n_line && text->len + strlen (character) <= length; i++)
        g_string_append (text, character);
      if (text->len < length)
        g_string_append_c (text, '\n');
    }
  while (text->len < length)
    g_string_append_c (text, 'a');
  return g_string_free (text, FALSE);
}

/* The limit is one of bytes; what was within it comes back by undo. */
static void
test_limit (gconstpointer data)
{
  const char *character = characters[GPOINTER_TO_SIZE (data)].character;
  g_auto (Scene) scene;
  g_autofree char *half = make_lines (character, WSI_DRAFT_MAX_TEXT / 2), *text = NULL;
  g_autofree char *whole = g_strconcat (half, half, NULL);

  scene_init (&scene, WIDE);
  for (guint i = 0; i < 2; i++)
    gtk_text_buffer_insert_at_cursor (scene.buffer, half, -1);
  g_assert_null (scene.refused);
  gtk_text_buffer_insert_at_cursor (scene.buffer, character, -1);
  g_assert_nonnull (scene.refused);
  g_clear_pointer (&scene.refused, g_free);

  wsi_draft_text_replace (WSI_DRAFT_TEXT (scene.text), "");
  gtk_text_buffer_undo (scene.buffer);
  text = dup_text (&scene);
  g_assert_true (g_str_equal (text, whole));
  gtk_text_buffer_redo (scene.buffer);
  assert_text (&scene, "");
  gtk_text_buffer_undo (scene.buffer);
  g_assert_null (scene.refused);
}

/* FALSE: the character has the colour of the text. */
static gboolean
get_colour (Scene   *scene,
            gsize    at,
            GdkRGBA *colour)
{
  g_autoptr (GSList) tags = NULL;
  gboolean is_found = FALSE;
  GtkTextIter place;

  gtk_text_buffer_get_iter_at_offset (scene->buffer, &place, at);
  tags = gtk_text_iter_get_tags (&place);
  for (GSList *link = tags; link != NULL && !is_found; link = link->next)
    {
      g_autoptr (GdkRGBA) found = NULL;

      g_object_get (link->data, "foreground-rgba", &found, "foreground-set", &is_found, NULL);
      if (is_found)
        *colour = *found;
    }
  return is_found;
}

static const struct
{
  const char *name, *part;
} parts[] = {
  { "name", "name" },
  { "string", "Zo" },
  { "escape", "u0041" },
  { "real-number", "1.5" },
  { "number", "1, true" },
  { "word", "true" },
  { "null", "null" },
};

static gboolean
has_colours (gpointer scene)
{
  GdkRGBA colour;

  return get_colour (scene, 2, &colour);
}

/* The length of a line is that of its characters. */
static void
test_long_words (void)
{
  g_auto (Scene) scene;
  g_autoptr (GString) text = g_string_new ("[\"");

  for (guint i = 0; i < MAX_WORDS - 4; i++)
    g_string_append (text, "\xc3\xab");
  g_string_append (text, "\"]");
  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_JSON, text->str);
  g_assert_cmpint (gtk_text_view_get_wrap_mode (scene.text), ==, GTK_WRAP_WORD_CHAR);
  gtk_text_buffer_insert_at_cursor (scene.buffer, " ", -1);
  wait_for_verdict (&scene);
  g_assert_cmpint (gtk_text_view_get_wrap_mode (scene.text), ==, GTK_WRAP_CHAR);
}

static const guint names_after[] = { 18, 27, 43 };

/* A variable between values changes no colour after it. */
static void
test_colours_after_variable (void)
{
  g_auto (Scene) scene;
  g_autofree char *name = g_strnfill (MAX_WORDS - 10, 'a');
  g_autofree char *text = g_strdup_printf ("{\"%s\":0}", name);
  GdkRGBA before, after, string;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_JSON,
             "{\"a\":{{counter}},\"b\":\"c\",\n\"d\" :[{{uuid}},{\"e\":0}]}");
  ui_test_wait_until (has_colours, &scene);
  g_assert_true (get_colour (&scene, 2, &before));
  for (guint i = 0; i < G_N_ELEMENTS (names_after); i++)
    {
      g_assert_true (get_colour (&scene, names_after[i], &after));
      g_assert_true (gdk_rgba_equal (&before, &after));
    }
  g_assert_true (get_colour (&scene, 22, &string));
  g_assert_false (gdk_rgba_equal (&before, &string));

  set_draft (&scene, WSI_FORM_JSON, text);
  ui_test_wait_until (has_colours, &scene);
  g_assert_true (get_colour (&scene, 2, &after));
  g_assert_true (gdk_rgba_equal (&before, &after));
}

/* A process reads the styles once. */
static void
test_styles (void)
{
  g_auto (Scene) one, other;

  scene_init (&one, WIDE);
  scene_init (&other, WIDE);
  set_draft (&one, WSI_FORM_JSON, "[]");
  set_draft (&other, WSI_FORM_JSON, "[]");
  g_assert_nonnull (gtk_source_buffer_get_style_scheme (GTK_SOURCE_BUFFER (one.buffer)));
  g_assert_true (gtk_source_buffer_get_style_scheme (GTK_SOURCE_BUFFER (one.buffer)) ==
                 gtk_source_buffer_get_style_scheme (GTK_SOURCE_BUFFER (other.buffer)));
}

static void
test_colours (gconstpointer data)
{
  gboolean is_dark = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene;
  GdkRGBA back;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_JSON, LETTERS);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      is_dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                              : ADW_COLOR_SCHEME_FORCE_LIGHT);
  ui_test_wait_until (has_colours, &scene);
  g_assert_true (gtk_style_context_lookup_color (gtk_widget_get_style_context (
                                                   GTK_WIDGET (scene.text)), "view_bg_color",
                                                 &back));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      gsize at = g_utf8_pointer_to_offset (LETTERS, strstr (LETTERS, parts[i].part));
      GdkRGBA colour;
      double contrast;

      g_assert_true (get_colour (&scene, at, &colour));
      contrast = ui_test_get_contrast (&colour, &back);
      g_test_message ("%s: %.1f : 1", parts[i].name, contrast);
      g_assert_cmpfloat (contrast, >=, LEAST_CONTRAST);
    }
  g_assert_true (has_sentence (&scene));
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  picture_save (gtk_window_get_child (scene.window), is_dark ? "editor-dark" : "editor-light");
}

/* Each form but text is code. */
static void
test_direction (void)
{
  g_auto (Scene) scene;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  scene_init (&scene, WIDE);
  g_assert_cmpint (gtk_widget_get_direction (GTK_WIDGET (scene.text)), ==, GTK_TEXT_DIR_RTL);
  set_draft (&scene, WSI_FORM_HEX, "48 65 6c 6c 6f 2c 20 57 6f 72 6c 64 21 00 ff 7f 0a\n30");
  g_assert_cmpint (gtk_widget_get_direction (GTK_WIDGET (scene.text)), ==, GTK_TEXT_DIR_LTR);
  g_assert_true (has_sentence (&scene));
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  picture_save (gtk_window_get_child (scene.window), "editor-hex-right-to-left");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* The margins have room for an offset at the left and the characters at the right, where the text
 * has them. */
static void
test_sides (gconstpointer data)
{
  int width = GPOINTER_TO_INT (data);
  g_auto (Scene) scene;
  g_autofree char *picture = g_strdup_printf ("editor-hex-%d", width);
  g_autoptr (GString) text = g_string_new (NULL);
  int left, right;

  for (guint i = 0; i < 300; i++)
    g_string_append_printf (text, i % 16 == 15 ? "%02x\n" : "%02x ", i % 256);
  g_string_append (text, "cafe0bad,0x00 1");
  scene_init (&scene, width);
  left = gtk_text_view_get_left_margin (scene.text);
  right = gtk_text_view_get_right_margin (scene.text);
  set_draft (&scene, WSI_FORM_HEX, text->str);
  g_assert_true (has_sentence (&scene));
  ui_test_draw (GTK_WIDGET (scene.window), 3);
  g_assert_cmpint (gtk_text_view_get_left_margin (scene.text), >, left + 20);
  g_assert_cmpint (gtk_text_view_get_right_margin (scene.text), >, right + 20);
  picture_save (gtk_window_get_child (scene.window), picture);
  set_draft (&scene, WSI_FORM_TEXT, "");
  g_assert_cmpint (gtk_text_view_get_left_margin (scene.text), ==, left);
  g_assert_cmpint (gtk_text_view_get_right_margin (scene.text), ==, right);
}

static char *
make_hex (gsize length)
{
  char *text = g_strnfill (length, 'a');

  for (gsize i = 2; i < length; i += 3)
    text[i] = i % 48 == 47 ? '\n' : ' ';
  return text;
}

static char *
make_digits (gsize length)
{
  return g_strnfill (length, 'a');
}

static char *
make_line (gsize length)
{
  return g_strnfill (length, '[');
}

static char *
make_brackets (gsize length)
{
  char *text = g_strnfill (length, '[');

  for (gsize i = 1; i < length; i += 2)
    text[i] = '\n';
  return text;
}

static const struct
{
  const char  *name;
  WsiDraftForm form;
  char       *(*make)(gsize length);
  const char  *sentence;
} long_texts[] = {
  { "hex", WSI_FORM_HEX, make_hex, "expected a hexadecimal digit" },
  { "hex-in-one-line", WSI_FORM_HEX, make_digits, "bytes" },
  { "json-in-one-line", WSI_FORM_JSON, make_line, "256 KiB" },
  { "json-of-brackets", WSI_FORM_JSON, make_brackets, "256 KiB" },
};

typedef struct
{
  Scene      *scene;
  const char *words;
} Waiting;

static gboolean
has_words (gpointer data)
{
  Waiting *waiting = data;

  return strstr (get_sentence (waiting->scene), waiting->words) != NULL;
}

/* Pasted, and a key pressed in its middle. */
static void
test_long (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  Waiting waiting;
  g_auto (Scene) scene;
  g_autofree char *text = long_texts[i].make (WSI_DRAFT_MAX_TEXT - 3);
  gint64 longest_us = 0;

  scene_init (&scene, WIDE);
  set_draft (&scene, long_texts[i].form, "");
  for (guint step = 0; step < 2; step++)
    {
      gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC, begin_us = g_get_monotonic_time ();
      GtkTextIter place;

      gtk_text_buffer_get_iter_at_offset (scene.buffer, &place,
                                          step == 0 ? 0 : WSI_DRAFT_MAX_TEXT / 2);
      gtk_text_buffer_insert (scene.buffer, &place, step == 0 ? text : "b", -1);
      do
        {
          longest_us = MAX (longest_us, g_get_monotonic_time () - begin_us);
          begin_us = g_get_monotonic_time ();
          g_main_context_iteration (NULL, FALSE);
        }
      while (g_get_monotonic_time () < end_us);
      g_test_message ("step %u: at most %" G_GINT64_FORMAT " us at once", step, longest_us);
      g_assert_cmpint (longest_us, <, MAX_STOP_US);
    }
  waiting = (Waiting) { &scene, long_texts[i].sentence };
  ui_test_wait_until (has_words, &waiting);
}

static GtkWidget *
press_at (Scene      *scene,
          GtkWidget  *text,
          const char *keys)
{
  gtk_widget_grab_focus (text);
  return keyboard_press (GTK_WIDGET (scene->window), keys) == text ? text : NULL;
}

/* It takes those that any text takes, such as End. */
static void
test_keys (void)
{
  g_auto (Scene) scene;
  GtkWidget *other = gtk_text_view_new ();
  guint n_taken = 0;

  scene_init (&scene, WIDE);
  gtk_box_append (GTK_BOX (gtk_window_get_child (scene.window)), other);
  set_draft (&scene, WSI_FORM_JSON, "[1]");
  for (guint i = 0; i < wsi_n_shortcuts; i++)
    {
      g_auto (GStrv) keys = g_strsplit (wsi_shortcuts[i].keys, " ", -1);

      for (guint j = 0; keys[j] != NULL; j++)
        {
          gboolean is_taken = press_at (&scene, GTK_WIDGET (scene.text), keys[j]) != NULL;

          g_test_message ("%s: %d", keys[j], is_taken);
          g_assert_true (is_taken == (press_at (&scene, other, keys[j]) != NULL));
          n_taken += is_taken;
        }
    }
  g_assert_cmpuint (n_taken, >, 0);
}

/* It waits with a verdict, and goes. */
static void
test_closing (void)
{
  g_auto (Scene) scene;

  scene_init (&scene, WIDE);
  set_draft (&scene, WSI_FORM_HEX, "ca");
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GtkApplication) application = NULL;

  g_setenv ("GTK_A11Y", "test", TRUE);
  application = ui_test_begin (&argc, &argv);

  ADD_ROWS ("/ui/draft-editor/verdict", cases, test_verdict);
  g_test_add_func ("/ui/draft-editor/verdict/text-has-none", test_text);
  g_test_add_func ("/ui/draft-editor/verdict/draft-is-judged-once", test_draft_is_judged_once);
  ADD_ROWS ("/ui/draft-editor/limit", characters, test_limit);
  g_test_add_func ("/ui/draft-editor/layout/one-key-lays-json-out-and-undo-takes-it-back",
                   test_layout);
  g_test_add_func ("/ui/draft-editor/layout/hex-has-16-bytes-in-a-line", test_hex_layout);
  g_test_add_func ("/ui/draft-editor/layout/one-that-is-too-long-is-refused", test_long_layout);
  g_test_add_func ("/ui/draft-editor/lines-are-measured-in-characters", test_long_words);
  g_test_add_func ("/ui/draft-editor/colours/styles-are-read-once", test_styles);
  g_test_add_func ("/ui/draft-editor/colours/after-a-variable", test_colours_after_variable);
  g_test_add_data_func ("/ui/draft-editor/colours/light", GSIZE_TO_POINTER (FALSE), test_colours);
  g_test_add_data_func ("/ui/draft-editor/colours/dark", GSIZE_TO_POINTER (TRUE), test_colours);
  g_test_add_func ("/ui/draft-editor/code-is-from-left-to-right", test_direction);
  g_test_add_data_func ("/ui/draft-editor/hex/sides-1280", GINT_TO_POINTER (WIDE), test_sides);
  g_test_add_data_func ("/ui/draft-editor/hex/sides-640", GINT_TO_POINTER (640), test_sides);
  g_test_add_data_func ("/ui/draft-editor/hex/sides-360", GINT_TO_POINTER (NARROW), test_sides);
  ADD_ROWS ("/ui/draft-editor/long", long_texts, test_long);
  g_test_add_func ("/ui/draft-editor/keys-of-the-window-are-left-to-it", test_keys);
  g_test_add_func ("/ui/draft-editor/closes-while-it-waits", test_closing);
  return g_test_run ();
}
