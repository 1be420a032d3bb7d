/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-note-menu.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "inspect/show/columns/wsi-selection-note.h"
#include "inspect/store/wsi-store.h"
#include "inspect/store/wsi-tags.h"

#define MAX_TEXT 4096           /* characters of a comment */
#define MAX_LABEL 40            /* characters of a tag in the menu */
#define MAX_SHOWN 12            /* tags of the row in the menu */

static char *
note_menu_dup_comment (WsiRow *row)
{
  return wsi_store_dup_comment (wsi_row_get_store (row), wsi_row_get_number (row));
}

/* Sets the comment; NULL or "": removes it. */
static void
set_comment (WsiRow     *row,
             const char *text)
{
  wsi_store_set_comment (wsi_row_get_store (row), wsi_row_get_number (row),
                         text != NULL && *text != '\0' ? text : NULL);
}

static void
set_tags (WsiRow     *row,
          const char *words)
{
  g_auto (GStrv) tags = g_strsplit_set (words, " ,\t", -1);
  g_autofree char *before = note_menu_dup_comment (row);
  g_autofree char *comment = wsi_tags_change (before, (const char *const *) tags);

  set_comment (row, comment);
}

typedef void (*TakeText) (WsiRow     *row,
                          const char *text);

/* The dialog and the row that it is about. */
typedef struct
{
  WsiRow   *row;
  GtkEntry *entry;
  TakeText  take;
} Question;

static void
free_question (gpointer  data,
               GClosure *closure)
{
  g_object_unref (((Question *) data)->row);
  g_free (data);
}

static void
note_menu_on_answered (AdwMessageDialog *dialog,
                       const char       *response,
                       Question         *question)
{
  if (g_str_equal (response, "save"))
    question->take (question->row, gtk_editable_get_text (GTK_EDITABLE (question->entry)));
}

static GtkWidget *
note_menu_make_entry (const char *label,
                      const char *text)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), text != NULL ? text : "");
  gtk_entry_set_max_length (GTK_ENTRY (entry), MAX_TEXT);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return entry;
}

static void
note_menu_ask (WsiRow    *row,
               GtkWidget *dialog,
               GtkWidget *entry,
               TakeText   take)
{
  Question *question = g_new (Question, 1);

  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "save",
                                    _("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");

  *question = (Question) { g_object_ref (row), GTK_ENTRY (entry), take };
  g_signal_connect_data (dialog, "response", G_CALLBACK (note_menu_on_answered), question,
                         free_question,
                         G_CONNECT_DEFAULT);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
wsi_note_menu_edit_comment (WsiRow    *row,
                            GtkWindow *parent)
{
  g_autofree char *comment = note_menu_dup_comment (row);
  g_autofree char *title = g_strdup_printf (_("Comment on Row %" PRIu64),
                                            wsi_row_get_number (row) + 1);

  note_menu_ask (row, adw_message_dialog_new (parent, title, NULL),
                 note_menu_make_entry (_("Comment"), comment),
                 set_comment);
}

void
wsi_note_menu_edit_tags (WsiRow    *row,
                         GtkWindow *parent)
{
  g_autofree char *comment = note_menu_dup_comment (row);
  g_auto (GStrv) tags = wsi_tags_list (comment);
  g_autofree char *text = g_strjoinv (" ", tags);
  g_autofree char *title = g_strdup_printf (_("Tags of Row %" PRIu64),
                                            wsi_row_get_number (row) + 1);
  GtkWidget *dialog =
    adw_message_dialog_new (parent, title,
                            _("Words with blanks between them. They are kept in the comment, "
                              "with # before each."));

  note_menu_ask (row, dialog, note_menu_make_entry (_("Tags"), text), set_tags);
}

/* Appends a tag, which has letters, digits, - and _; only the last one has a meaning in a label. */
static void
note_menu_append_tag (GMenu      *menu,
                      const char *format,
                      const char *tag)
{
  g_autofree char *start = g_utf8_substring (tag, 0, MIN (g_utf8_strlen (tag, -1), MAX_LABEL));
  g_auto (GStrv) parts = g_strsplit (start, "_", -1);
  g_autofree char *escaped = g_strjoinv ("__", parts);
  g_autofree char *label = g_strdup_printf (format, escaped);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "frames.tag", "s", tag);
  g_menu_append_item (menu, item);
}

/* Lists the row's own tags first, then those that were used last.  A tag is removed from several
 * rows if all of them have it. */
static GMenuModel *
make_tags (WsiRow *row,
           GArray *numbers)
{
  WsiStore *store = wsi_row_get_store (row);
  g_autofree char *comment = note_menu_dup_comment (row);
  g_auto (GStrv) own = wsi_tags_list (comment);
  g_auto (GStrv) known = wsi_store_dup_tags (store);
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < MAX_SHOWN && own[i] != NULL; i++)
    note_menu_append_tag (menu, wsi_selection_note_have_tag (store, numbers, own[i])
                          ? _("Remove #%s")
                                                                      : _("Add #%s"), own[i]);
  for (guint i = 0; known[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) own, known[i]))
      note_menu_append_tag (menu, _("Add #%s"), known[i]);
  g_menu_append (menu, _("_Edit Tags…"), "frames.tags");
  return G_MENU_MODEL (menu);
}

GMenuModel *
wsi_note_menu_make (WsiRow *row,
                    GArray *numbers)
{
  g_autoptr (GMenuModel) tags = make_tags (row, numbers);
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _("C_omment…"), "frames.comment");
  g_menu_append_submenu (menu, _("_Tags"), tags);
  return G_MENU_MODEL (menu);
}
