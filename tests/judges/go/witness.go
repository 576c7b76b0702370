// A client of C2SP witnesses and a witness, in memory, written from the specification for Ed25519 alone.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const cosignatureType = 0x04

// cosigner verifies cosignatures: 8 bytes of time, then Ed25519 over "cosignature/v1", the time and the text.
type cosigner struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	return ed25519.Verify(c.public, cosigned(binary.BigEndian.Uint64(signature), text), signature[8:])
}

func cosigned(when uint64, text []byte) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", when)), text...)
}

func keyHash(name string, public []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), append([]byte{cosignatureType}, public...)...))
	return binary.BigEndian.Uint32(sum[:])
}

func newCosigner(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("malformed vkey")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignatureType {
		return nil, errors.New("no Ed25519 cosignature key")
	}
	hash := keyHash(parts[0], key[1:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("another key id")
	}
	return cosigner{parts[0], hash, ed25519.PublicKey(key[1:])}, nil
}

// judgeSubmit posts a request that was built elsewhere and verifies what comes back with the key of the witness.
func judgeSubmit(url, vkey, requestPath string) (string, error) {
	request, err := os.ReadFile(requestPath)
	if err != nil {
		return "", err
	}
	verifier, err := newCosigner(vkey)
	if err != nil {
		return "", err
	}
	client := http.Client{Timeout: 20 * time.Second}
	answer, err := client.Post(url+"/add-checkpoint", "text/plain; charset=utf-8", bytes.NewReader(request))
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%d %s %q", answer.StatusCode, answer.Header.Get("Content-Type"), body)
	}
	_, checkpoint, _ := strings.Cut(string(request), "\n\n")
	opened, err := note.Open(append([]byte(checkpoint), body...), note.VerifierList(verifier))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("cosigned by %s", opened.Sigs[0].Name), nil
}

// memory is a witness of one log that forgets when it ends: a judge's, not one to run.
type memory struct {
	mutex sync.Mutex
	log   note.Verifier
	name  string
	key   ed25519.PrivateKey
	size  int64
	root  tlog.Hash
}

// judgeWitness prints the witness's address and vkey, then serves until it is killed.
func judgeWitness(name, logVkey string) (string, error) {
	verifier, err := note.NewVerifier(logVkey)
	if err != nil {
		return "", err
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	key := base64.StdEncoding.EncodeToString(append([]byte{cosignatureType}, public...))
	fmt.Printf("http://%s %s+%08x+%s\n", listener.Addr(), name, keyHash(name, public), key)
	return "", http.Serve(listener, &memory{log: verifier, name: name, key: private})
}

func (m *memory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	head, checkpoint, found := strings.Cut(string(body), "\n\n")
	lines := strings.Split(head, "\n")
	old, sizeErr := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	if err != nil || sizeErr != nil || !found || r.URL.Path != "/add-checkpoint" {
		http.Error(w, "malformed", http.StatusBadRequest)
		return
	}
	signed, err := note.Open([]byte(checkpoint), note.VerifierList(m.log))
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	size, root, err := parseTree(signed.Text)
	if err != nil || old > size {
		http.Error(w, "malformed", http.StatusBadRequest)
		return
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if old != m.size {
		w.Header().Set("Content-Type", "text/x.tlog.size")
		w.WriteHeader(http.StatusConflict)
		fmt.Fprintf(w, "%d\n", m.size)
		return
	}
	if err := m.consistent(lines[1:], size, root); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	m.size, m.root = size, root
	fmt.Fprint(w, m.cosign([]byte(signed.Text)))
}

func (m *memory) consistent(lines []string, size int64, root tlog.Hash) error {
	if m.size == 0 || m.size == size {
		if len(lines) > 0 || (m.size == size && size > 0 && m.root != root) {
			return errors.New("not the same tree")
		}
		return nil
	}
	var proof tlog.TreeProof
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	return tlog.CheckTree(proof, size, root, m.size, m.root)
}

func (m *memory) cosign(text []byte) string {
	when := uint64(time.Now().Unix())
	line := binary.BigEndian.AppendUint32(nil, keyHash(m.name, m.key.Public().(ed25519.PublicKey)))
	line = binary.BigEndian.AppendUint64(line, when)
	line = append(line, ed25519.Sign(m.key, cosigned(when, text))...)
	return fmt.Sprintf("— %s %s\n", m.name, base64.StdEncoding.EncodeToString(line))
}

func parseTree(text string) (int64, tlog.Hash, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return 0, tlog.Hash{}, errors.New("no checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return size, root, err
}
