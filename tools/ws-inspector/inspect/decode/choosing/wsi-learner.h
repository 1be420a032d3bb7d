/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lets an interpreter learn the records of a store: those that are there and those that come, a
 * few milliseconds at a time, when the thread has nothing else to do.
 *
 * Signals: "learned", after each of these times; "changed", when records that were shown before
 * may be decoded otherwise now. */
#pragma once

#include "inspect/decode/choosing/wsi-interpreter.h"

G_BEGIN_DECLS

#define WSI_TYPE_LEARNER (wsi_learner_get_type ())

G_DECLARE_FINAL_TYPE (WsiLearner, wsi_learner, WSI, LEARNER, GObject)

/* Makes a learner in the thread whose main loop it uses, which is the one that writes the store. */
WsiLearner     *wsi_learner_new (WsiStore * store);
/* The interpreter, which belongs to the learner, and lives as long. */
WsiInterpreter *wsi_learner_get_interpreter (WsiLearner *self);
/* Records before this one were learned. */
guint64         wsi_learner_get_n_learned   (WsiLearner *self);
/* Learns again after the user has chosen a decoder. */
void            wsi_learner_restart         (WsiLearner *self);

G_END_DECLS
