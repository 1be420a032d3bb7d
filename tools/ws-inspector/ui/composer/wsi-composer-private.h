/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The parts of the composer's implementation. */
#pragma once

#include <adwaita.h>

#include "inspect/compose/wsi-message-book.h"
#include "ui/composer/wsi-composer.h"

G_BEGIN_DECLS

struct _WsiComposer
{
  GtkWidget        parent_instance;

  GtkWidget       *line, *full; /* one of them is shown */
  GtkEntry        *entry;
  GtkLabel        *target, *sentence;
  GtkDropDown     *targets, *form, *message_type, *code;
  GtkStringList   *target_names;
  GtkCheckButton  *compressed;
  GtkEntry        *fragments, *reason;
  GtkStack        *contents;    /* text or file */
  GtkTextView     *text;
  GtkTextTag      *wrong;       /* in its buffer */
  GtkLabel        *file;
  GtkToggleButton *raw, *expander;
  WsiFrameEditor  *frame;
  GtkMenuButton   *book_button, *close_button;
  GtkListBox      *saved, *history;
  GtkEntry        *name;
  GtkLabel        *code_meaning;
  GtkWidget       *advice_button, *cancel_button;

  WsiSession      *session;     /* NULL = none */
  GArray          *numbers;     /* of the connections in targets: guint32 */
  WsiConversation *conversation;        /* that is written to, or cannot be; NULL = none */
  guint32          wanted;      /* chosen by the user; 0 = any */
  const char      *obstacle;    /* NULL = it can be written to */
  guint            refresh;     /* a timeout; 0 = none */
  gboolean         is_stale;    /* it was not seen at the last refresh */
  gboolean         is_filling;  /* the targets */
  gboolean         is_expanded;
  char            *path;        /* of the file; NULL = none */
  WsiVariables     variables;
  WsiMessageBook  *book;
  gboolean         is_book_wrong;       /* the user knows */
  GCancellable    *cancellable; /* of what is being sent */
  guint            n_sending;
  GtkWidget       *dialog;      /* of a replay; NULL = none */
  GtkNativeDialog *chooser;     /* of a file; NULL = none */
};

/* The files are in the order in which they call each other: each one those before it. */

/* wsi-composer-sentence.c */
/* sentence NULL: nothing is wrong. */
void wsi_composer_show_sentence  (WsiComposer *self,
                                  const char  *sentence);
void wsi_composer_show_error     (WsiComposer  *self,
                                  const GError *error);

/* wsi-composer-draft.c */
void wsi_composer_set_file       (WsiComposer *self,
                                  const char  *path);

/* wsi-composer-target.c */
void wsi_composer_refresh_targets (WsiComposer *self);
void wsi_composer_refresh_soon    (WsiComposer *self);
/* Before it is seen, or asked for its target. */
void wsi_composer_refresh_stale   (WsiComposer *self);
void wsi_composer_choose_target   (WsiComposer *self);

/* wsi-composer-send.c */
void wsi_composer_send           (WsiComposer *self);
void wsi_composer_send_ping      (WsiComposer *self);
void wsi_composer_send_close     (WsiComposer *self);
/* The user wants it: a sentence says what becomes of a message that has begun. */
void wsi_composer_cancel_sending (WsiComposer *self);
void wsi_composer_forget_sending (WsiComposer *self);
void wsi_composer_show_payload   (WsiComposer *self);

/* wsi-composer-book.c */
void wsi_composer_fill_book    (WsiComposer *self);
void wsi_composer_save         (WsiComposer *self);
void wsi_composer_write_book   (WsiComposer *self);
void wsi_composer_take_entry   (WsiComposer   *self,
                                GtkListBoxRow *row);
void wsi_composer_clear_history (WsiComposer *self);

G_END_DECLS
