/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Plays a script: asks for each message to be sent when its time has come and the one before has
 * left.  Freed at any time, it has asked for the last one. */
#pragma once

#include "inspect/compose/wsi-script.h"
#include "inspect/sources/sending/wsi-outgoing.h"

G_BEGIN_DECLS

#define WSI_PLAYER_NO_PAUSES 0.0        /* speed at which messages follow at once */
#define WSI_PLAYER_MAX_SPEED 1000.0
#define WSI_PLAYER_MAX_TIMES 1000
#define WSI_PLAYER_MIN_RATE 0.1         /* messages in a second */
#define WSI_PLAYER_MAX_RATE 10000.0

typedef struct _WsiPlayer WsiPlayer;

/* outgoing is the callee's.  Call wsi_player_continue () once it was sent. */
typedef void (*WsiPlayerSend) (WsiOutgoing *outgoing,
                               gpointer     user_data);

/* Takes the script.  speed: 2 = twice as fast. */
WsiPlayer *wsi_player_new      (WsiScript    *script,
                                double        speed,
                                WsiPlayerSend send,
                                gpointer      user_data);
/* Repeats the script n_times, one after the other; call it before the beginning.  rate: messages a
 * second, instead of their times; 0 = none.  A value beyond the limits above is taken as the
 * limit. */
void       wsi_player_repeat   (WsiPlayer *self,
                                guint      n_times,
                                double     rate);
/* Begins to play, or goes on. */
void       wsi_player_continue (WsiPlayer *self);
void       wsi_player_free     (WsiPlayer *self);
guint      wsi_player_get_n_sent (const WsiPlayer *self);
/* Number of steps, with those of all repetitions. */
guint      wsi_player_get_n_steps (const WsiPlayer *self);
/* Whether all messages were sent. */
gboolean   wsi_player_has_ended (const WsiPlayer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiPlayer, wsi_player_free)

G_END_DECLS
