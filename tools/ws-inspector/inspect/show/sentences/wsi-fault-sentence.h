/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sentences about broken rules, in the language of the window. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The sentence of the broken rule, without its section. */
char *wsi_fault_sentence_dup             (guint fault);
/* The section of a rule, and the consequence when a peer breaks it. */
char *wsi_fault_sentence_dup_consequence (guint fault);

G_END_DECLS
