/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The processor time of this process.  clock () of Windows is another time, so Meson chooses
 * cpu-time-posix.c or cpu-time-windows.c. */
#pragma once

/* In seconds, of the program and of the kernel for it.  Wine counts in hundredths. */
double get_cpu_time (void);
