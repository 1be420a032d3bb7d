// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported EXPECTED, READERS */

// The files of certificates, by their paths: for the properties tls-certificate and tls-database. A file is read when the property is
// set, so the same path set again takes what the file has then.

const {Gio} = imports.gi;
const {calls} = imports.overrides.wsp;

var EXPECTED = {
    'tls-certificate': "a Gio.TlsCertificate, a path or a pair of paths ['cert.pem', 'key.pem']",
    'tls-database': 'a Gio.TlsDatabase or a path',
};

function isPath(value) {
    return typeof value === 'string';
}

function readCertificate(value) {
    if (isPath(value)) {
        const certificate = Gio.TlsCertificate.new_from_file(calls.checkTexts(value));

        if (certificate.private_key_pem === null) {
            throw new TypeError(`Property tls-certificate is wrong: expected a file with a certificate and its key, received "${
                value}" without a key (write ['cert.pem', 'key.pem'])`);
        }
        return certificate;
    }
    return Array.isArray(value) && value.length === 2 && value.every(isPath)
        ? Gio.TlsCertificate.new_from_files(...calls.checkTexts(value)) : value;
}

function readDatabase(value) {
    return isPath(value) ? Gio.TlsFileDatabase.new(Gio.File.new_for_path(calls.checkTexts(value)).get_path()) : value;
}

// Each returns other values as they are.
var READERS = {'tls-certificate': readCertificate, 'tls-database': readDatabase};
