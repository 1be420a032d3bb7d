/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The database of a client's TLS by GIO.
 *
 * Before version 2.80, GIO reads the list of its own databases again for each connection that has
 * such a database, and keeps that copy as long as the connection lives.  A WspDialDatabase passes
 * verify_chain on to a database of GIO, whose list was read once.  It has no other function of a
 * GTlsDatabase: GIO's TLS calls no other.
 *
 * docs/rationales/tls.md has the reasons.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSP_TYPE_DIAL_DATABASE (wsp_dial_database_get_type ())

G_DECLARE_FINAL_TYPE (WspDialDatabase, wsp_dial_database, WSP, DIAL_DATABASE, GTlsDatabase)

/* Returns the database for a connection.  A class of the program is returned as it is.  given NULL:
 * the default database of GIO, which a program may have replaced; NULL if there is none. */
GTlsDatabase *wsp_dial_database_new (GTlsDatabase * given);

G_END_DECLS
