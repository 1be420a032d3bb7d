/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The exit status of wsinspect.  The man page has the same list. */
#pragma once

typedef enum
{
  WSI_EXIT_CLEAN = 0,
  WSI_EXIT_CHECK_FAILED = 1,            /* a rule of a handshake failed, or nothing was found */
  WSI_EXIT_USAGE = 2,
  WSI_EXIT_INPUT_DAMAGED = 3,           /* the input is damaged, or a signal has interrupted the
                                         * reading */
  WSI_EXIT_CONNECTION_FAILED = 4,
  WSI_EXIT_NOT_PERMITTED = 5,           /* the user may not capture */
  WSI_EXIT_OUTPUT_FAILED = 6,           /* the output cannot be written, or a limit was reached */
} WsiExit;
