/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The colours of JSON and XML in the text of a message. */
#include "inspect/store/memory/wsi-bytes.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/details/wsi-text-view.h"
#include "ui/window/wsi-application.h"

#include <adwaita.h>
#include <string.h>

#define JSON "{\"name\":\"Zoë \\u0041\",\"n\":-1.5e3,\"list\":[true,false,null,{}]}"
#define XML "<?xml version=\"1.0\"?>\n<!-- why -->\n<list kind='a &amp; b'>\n" \
  "  <item/>text\n</list>\n"
#define WIDTH 800               /* each text is one line, whichever the font */
#define LEAST_CONTRAST 4.5      /* WCAG 2.1, 1.4.3 */
#define MAX_STOP_US (1000 * 1000)       /* generous: the machine of the tests does other things */

static const char *const colours[] = {
  "syntax_name", "syntax_string", "syntax_number", "syntax_word", "syntax_attribute",
  "syntax_comment",
};

typedef struct
{
  WsiTextView *view;
  GtkWindow   *window;
} Scene;

static gboolean
is_ready (gpointer view)
{
  return wsi_text_view_is_ready (view);
}

static void
show (Scene        *scene,
      const char   *text,
      WsiTextLayout layout)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  wsi_text_view_set_bytes (scene->view, bytes, layout);
  ui_test_draw (GTK_WIDGET (scene->view), 2);
  ui_test_wait_until (is_ready, scene->view);
  ui_test_draw (GTK_WIDGET (scene->view), 2);
}

static void
scene_init (Scene *scene)
{
  scene->view = g_object_new (WSI_TYPE_TEXT_VIEW, NULL);
  scene->window = ui_test_open (GTK_WIDGET (scene->view), WIDTH, 300);
}

static void
scene_clear (Scene *scene)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  ui_test_close (scene->window);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static GdkRGBA
look_up (Scene      *scene,
         const char *name)
{
  GdkRGBA colour;

  g_assert_true (gtk_style_context_lookup_color (gtk_widget_get_style_context (
                                                   GTK_WIDGET (scene->view)), name, &colour));
  return colour;
}

static gboolean
is_colour (const PangoColor *shown,
           const GdkRGBA    *wanted)
{
  return shown->red == (guint16) (wanted->red * G_MAXUINT16) &&
         shown->green == (guint16) (wanted->green * G_MAXUINT16) &&
         shown->blue == (guint16) (wanted->blue * G_MAXUINT16);
}

/* "name text" of each part with a colour, in the line that has the word. */
static char *
list_parts (Scene      *scene,
            const char *word)
{
  GtkWidget *row = gtk_widget_get_first_child (ui_test_find (GTK_WIDGET (scene->view),
                                                             ui_test_is_type, "GtkListView"));
  g_autoptr (GString) parts = g_string_new (NULL);
  g_autoptr (GSList) attributes = NULL;
  const char *text;

  while (strstr (gtk_label_get_text (GTK_LABEL (gtk_widget_get_first_child (row))), word) == NULL)
    row = gtk_widget_get_next_sibling (row);
  text = gtk_label_get_text (GTK_LABEL (gtk_widget_get_first_child (row)));
  attributes = pango_attr_list_get_attributes (gtk_label_get_attributes (
                                                 GTK_LABEL (gtk_widget_get_first_child (row))));
  for (GSList *link = attributes; link != NULL; link = link->next)
    {
      PangoAttrColor *colour = pango_attribute_as_color (link->data);

      for (guint i = 0; i < G_N_ELEMENTS (colours); i++)
        {
          GdkRGBA wanted = look_up (scene, colours[i]);

          if (colour != NULL && is_colour (&colour->color, &wanted))
            g_string_append_printf (parts, "%s %.*s|", colours[i] + strlen ("syntax_"),
                                    (int) (colour->attr.end_index - colour->attr.start_index),
                                    text + colour->attr.start_index);
        }
      pango_attribute_destroy (link->data);
    }
  return g_string_free (g_steal_pointer (&parts), FALSE);
}

static const struct
{
  const char   *name, *text;
  WsiTextLayout layout;
  const char   *word, *parts;
} cases[] = {
  { "json-as-it-is", JSON, WSI_TEXT_AS_IT_IS, "Zo",
    "name \"name\"|string \"Zoë \\u0041\"|name \"n\"|number -1.5e3|name \"list\"|"
    "word true|word false|word null|" },
  { "json-indented", JSON, WSI_TEXT_JSON, "-1.5", "name \"n\"|number -1.5e3|" },
  { "words-of-json", JSON, WSI_TEXT_JSON, "null", "word null|" },
  { "tags-and-attributes", XML, WSI_TEXT_AS_IT_IS, "kind",
    "name <list|attribute kind|string 'a &amp; b'|name >|" },
  { "declaration-of-xml", XML, WSI_TEXT_AS_IT_IS, "version", "comment <?xml version=\"1.0\"?>|" },
  { "text-of-xml-has-none", XML, WSI_TEXT_AS_IT_IS, "item", "name <item/>|" },
  { "other-text-has-none", "true 1 \"x\"", WSI_TEXT_AS_IT_IS, "true", "" },
};

static void
test_parts (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *parts = NULL, *picture = g_strdup_printf ("syntax-%s", cases[i].name);

  scene_init (&scene);
  show (&scene, cases[i].text, cases[i].layout);
  parts = list_parts (&scene, cases[i].word);
  g_assert_cmpstr (parts, ==, cases[i].parts);
  picture_save (GTK_WIDGET (scene.window), picture);
}

/* The text of the line that is shown has the colours of the new style at once. */
static void
test_contrast (gconstpointer data)
{
  gboolean is_dark = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *parts = NULL;
  GdkRGBA back;

  scene_init (&scene);
  show (&scene, JSON, WSI_TEXT_JSON);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      is_dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                              : ADW_COLOR_SCHEME_FORCE_LIGHT);
  ui_test_draw (GTK_WIDGET (scene.view), 2);
  g_assert_true (adw_style_manager_get_dark (adw_style_manager_get_default ()) == is_dark);
  back = look_up (&scene, "view_bg_color");
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++)
    {
      GdkRGBA colour = look_up (&scene, colours[i]);
      double contrast = ui_test_get_contrast (&colour, &back);

      g_test_message ("%s: %.1f : 1", colours[i], contrast);
      g_assert_cmpfloat (contrast, >=, LEAST_CONTRAST);
    }
  parts = list_parts (&scene, "-1.5");
  g_assert_cmpstr (parts, ==, "name \"n\"|number -1.5e3|");
  picture_save (GTK_WIDGET (scene.window), is_dark ? "syntax-dark" : "syntax-light");
}

/* Bytes that are selected have the colour of a selection. */
static void
test_selection (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *parts = NULL;

  scene_init (&scene);
  show (&scene, "[1, \"abcd\"]", WSI_TEXT_AS_IT_IS);
  wsi_line_view_select_bytes (WSI_LINE_VIEW (ui_test_find (GTK_WIDGET (scene.view), ui_test_is_type,
                                                           "WsiLineView")), 0, 7);
  parts = list_parts (&scene, "abcd");
  g_assert_cmpstr (parts, ==, "string cd\"|");
}

/* The longest text with colours, in one line. */
static void
test_large (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GString) text = g_string_new ("[1");
  g_autoptr (GBytes) bytes = NULL;
  gint64 longest_us = 0;

  scene_init (&scene);
  while (text->len < WSI_MAX_SYNTAX - 2)
    g_string_append (text, ",1");
  bytes = g_bytes_new (text->str, text->len);
  wsi_text_view_set_bytes (scene.view, bytes, WSI_TEXT_AS_IT_IS);
  while (!wsi_text_view_is_ready (scene.view))
    {
      gint64 begin_us = g_get_monotonic_time ();

      g_main_context_iteration (NULL, TRUE);
      longest_us = MAX (longest_us, g_get_monotonic_time () - begin_us);
    }
  g_test_message ("at most %" G_GINT64_FORMAT " us at once", longest_us);
  g_assert_cmpint (longest_us, <, MAX_STOP_US);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GtkApplication) application = NULL;

  application = ui_test_begin (&argc, &argv);

  ADD_ROWS ("/ui/syntax", cases, test_parts);
  g_test_add_data_func ("/ui/syntax/contrast/light", GUINT_TO_POINTER (FALSE), test_contrast);
  g_test_add_data_func ("/ui/syntax/contrast/dark", GUINT_TO_POINTER (TRUE), test_contrast);
  g_test_add_func ("/ui/syntax/a-selection-has-its-own-colour", test_selection);
  g_test_add_func ("/ui/syntax/the-longest-text-does-not-stop-the-window", test_large);
  return g_test_run ();
}
