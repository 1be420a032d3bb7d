/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sentences about a message, without anything that a peer could choose but the reason of a Close
 * frame, which is escaped. */
#pragma once

#include "inspect/save/redaction/wsi-redactor.h"
#include "ui/details/wsi-content.h"

G_BEGIN_DECLS

/* The title of a message, such as "Text message 311, 3 fragments".  level: whether the sentence of
 * an event has its secrets. */
char   *wsi_message_facts_make_title       (WsiContent  *content,
                                            WsiRedaction level);
/* The sizes of a message, such as "318 bytes on the wire, ...". */
char   *wsi_message_facts_make_sizes       (WsiContent *content);
/* Explains a Close frame.  NULL: there is nothing to explain. */
char   *wsi_message_facts_explain_close    (WsiRow *row,
                                            GBytes *payload);
/* Lists the broken rules.  NULL: there is none. */
char   *wsi_message_facts_list_faults      (WsiRow *row);
/* The sentence about missing bytes.  NULL: all are there, and shown.  max_decoded: bytes that the
 * view decodes. */
char   *wsi_message_facts_make_notice      (WsiContent *content,
                                            gsize       max_decoded);

G_END_DECLS
