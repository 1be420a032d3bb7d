// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// vapigen takes the codes from the GIR, and lower_case_csuffix from here, as it takes it from no metadata: without it valac
// makes the name of the quark from the name in Vala.
namespace Wsp {
    [CCode (lower_case_csuffix = "error")]
    public errordomain WebSocketError {
    }
}
