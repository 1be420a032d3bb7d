// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* tls-visitor CA PORT [1.2]: connects twice with Go's TLS, each time for one text of five bytes, and prints the
 * reply of each visit as a line of JSON. */
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
)

const request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
const text = "\x81\x85\x00\x00\x00\x00hello"
const farewell = "\x88\x82\x00\x00\x00\x00\x10\xe1"

type report struct {
	Status    int    `json:"status"`
	Echo      string `json:"echo"`
	Farewell  string `json:"farewell"`
	Version   string `json:"version"`
}

func check(problem error) {
	if problem != nil {
		panic(problem)
	}
}

func visit(config *tls.Config, port string) report {
	versions := map[uint16]string{tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"}
	connection, problem := tls.Dial("tcp", "127.0.0.1:"+port, config)
	check(problem)
	defer connection.Close()

	_, problem = io.WriteString(connection, request)
	check(problem)
	reader := bufio.NewReader(connection)
	answer, problem := http.ReadResponse(reader, nil)
	check(problem)
	_, problem = io.WriteString(connection, text)
	check(problem)
	frame := make([]byte, 7)
	_, problem = io.ReadFull(reader, frame)
	check(problem)
	_, problem = io.WriteString(connection, farewell)
	check(problem)
	rest, problem := io.ReadAll(reader)
	check(problem)

	state := connection.ConnectionState()
	return report{answer.StatusCode, string(frame[2:]), hex.EncodeToString(rest), versions[state.Version]}
}

func main() {
	authorities := x509.NewCertPool()
	pem, problem := os.ReadFile(os.Args[1])
	check(problem)
	authorities.AppendCertsFromPEM(pem)
	config := &tls.Config{RootCAs: authorities, ServerName: "localhost",
		ClientSessionCache: tls.NewLRUClientSessionCache(2)}
	if len(os.Args) > 3 {
		config.MaxVersion = tls.VersionTLS12
	}
	for i := 0; i < 2; i++ {
		check(json.NewEncoder(os.Stdout).Encode(visit(config, os.Args[2])))
	}
}
