// Judge checks what this project writes with the code of other people: golang.org/x/mod/sumdb's note and tlog.
//
//	judge note        VKEY NOTE                   the note opens under the key
//	judge root        VKEY CHECKPOINT ENTRIES     the entries give the size and root of the signed checkpoint
//	judge proof       VKEY PROOF ENTRY            the entry stands where a C2SP tlog-proof says
//	judge consistency VKEY OLD NEW HASH...        the tree of one signed checkpoint is a prefix of the other's
//	judge submit      URL VKEY REQUEST            the witness at URL cosigns what the add-checkpoint request asks
//	judge witness     NAME VKEY                   is a witness of the log VKEY itself; prints its URL and vkey
//	judge tiles       VKEY FOLDER INDEX           the tiles of a C2SP tlog-tiles folder give the root of its checkpoint,
//	                                              prove its entry INDEX, and every bundle hashes to them
//
// Arguments in capitals are files but for VKEY, URL, NAME, INDEX and HASH (base64). ENTRIES is a concatenation of big-endian 16-bit
// lengths, each before its entry (a C2SP entry bundle of any size). Prints one line; exits with 1 where it refuses,
// with 2 where it wasn't asked properly.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var errUsage = errors.New("usage: judge note|root|proof|consistency|submit|witness|tiles ...; see the head of main.go")

func main() {
	answer, err := judge(os.Args[1:])
	if errors.Is(err, errUsage) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("holds:", answer)
}

func judge(args []string) (string, error) {
	switch {
	case len(args) == 3 && args[0] == "note":
		return judgeNote(args[1], args[2])
	case len(args) == 4 && args[0] == "root":
		return judgeRoot(args[1], args[2], args[3])
	case len(args) == 4 && args[0] == "proof":
		return judgeProof(args[1], args[2], args[3])
	case len(args) >= 4 && args[0] == "consistency":
		return judgeConsistency(args[1], args[2], args[3], args[4:])
	case len(args) == 4 && args[0] == "submit":
		return judgeSubmit(args[1], args[2], args[3])
	case len(args) == 3 && args[0] == "witness":
		return judgeWitness(args[1], args[2])
	case len(args) == 4 && args[0] == "tiles":
		return judgeTiles(args[1], args[2], args[3])
	}
	return "", errUsage
}

func judgeNote(vkey, path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	text, err := open(vkey, data)
	return strconv.Quote(text), err
}

func judgeRoot(vkey, checkpointPath, entriesPath string) (string, error) {
	signed, err := readCheckpoint(vkey, checkpointPath)
	if err != nil {
		return "", err
	}
	entries, err := readEntries(entriesPath)
	if err != nil {
		return "", err
	}
	if int64(len(entries)) != signed.N {
		return "", fmt.Errorf("checkpoint of %d entries over %d", signed.N, len(entries))
	}
	root, err := rootOf(entries)
	if err != nil {
		return "", err
	}
	if root != signed.Hash {
		return "", fmt.Errorf("root %v in the checkpoint, %v of the entries", signed.Hash, root)
	}
	return fmt.Sprintf("%d entries, root %v", signed.N, root), nil
}

// judgeProof reads a C2SP tlog-proof: its first line, perhaps extra data, the index, hashes, an empty line, a checkpoint.
func judgeProof(vkey, proofPath, entryPath string) (string, error) {
	data, err := os.ReadFile(proofPath)
	if err != nil {
		return "", err
	}
	entry, err := os.ReadFile(entryPath)
	if err != nil {
		return "", err
	}
	head, checkpoint, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("not a tlog-proof")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return "", errors.New("no index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return "", err
	}
	path, err := parseHashes(lines[1:])
	if err != nil {
		return "", err
	}
	signed, err := parseCheckpoint(vkey, []byte(checkpoint))
	if err != nil {
		return "", err
	}
	if index < 0 || index >= signed.N {
		return "", fmt.Errorf("index %d in a tree of %d", index, signed.N)
	}
	if err := tlog.CheckRecord(path, signed.N, signed.Hash, index, tlog.RecordHash(entry)); err != nil {
		return "", err
	}
	return fmt.Sprintf("entry %d of %d", index, signed.N), nil
}

func judgeConsistency(vkey, oldPath, newPath string, encoded []string) (string, error) {
	before, err := readCheckpoint(vkey, oldPath)
	if err != nil {
		return "", err
	}
	after, err := readCheckpoint(vkey, newPath)
	if err != nil {
		return "", err
	}
	hashes, err := parseHashes(encoded)
	if err != nil {
		return "", err
	}
	if before.N < 1 || before.N > after.N {
		return "", fmt.Errorf("sizes %d and %d", before.N, after.N)
	}
	if err := tlog.CheckTree(hashes, after.N, after.Hash, before.N, before.Hash); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d is a prefix of %d", before.N, after.N), nil
}

func open(vkey string, data []byte) (string, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return "", err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return "", err
	}
	return opened.Text, nil
}

func readCheckpoint(vkey, path string) (tlog.Tree, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	return parseCheckpoint(vkey, data)
}

// parseCheckpoint opens a C2SP checkpoint: its text is the origin (the key's name), the size and the root.
func parseCheckpoint(vkey string, data []byte) (tlog.Tree, error) {
	text, err := open(vkey, data)
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tlog.Tree{}, errors.New("a checkpoint has three lines")
	}
	if origin, _, _ := strings.Cut(vkey, "+"); lines[0] != origin {
		return tlog.Tree{}, fmt.Errorf("origin %q under the key of %q", lines[0], origin)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func parseHashes(encoded []string) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(encoded))
	for i, one := range encoded {
		hash, err := tlog.ParseHash(one)
		if err != nil {
			return nil, err
		}
		hashes[i] = hash
	}
	return hashes, nil
}

func readEntries(path string) ([][]byte, error) {
	rest, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(rest) > 0 {
		if len(rest) < 2 {
			return nil, errors.New("a cut length")
		}
		length := int(binary.BigEndian.Uint16(rest))
		if len(rest) < 2+length {
			return nil, errors.New("a cut entry")
		}
		entries = append(entries, rest[2:2+length])
		rest = rest[2+length:]
	}
	return entries, nil
}

func rootOf(entries [][]byte) (tlog.Hash, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for i, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(i), entry, reader)
		if err != nil {
			return tlog.Hash{}, err
		}
		stored = append(stored, hashes...)
	}
	return tlog.TreeHash(int64(len(entries)), reader)
}

// folder reads tiles where C2SP puts them. tlog calls the same tile tile/8/L/N; the 8 is all that differs.
type folder string

func (f folder) Height() int { return 8 }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		read, err := os.ReadFile(filepath.Join(string(f), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		data[i] = read
	}
	return data, nil
}

// entries reads all bundles: the tiles of level 0 with another name and other bytes.
func (f folder) entries(size int64) ([][]byte, error) {
	var all [][]byte
	for n := int64(0); n < size; n += 256 {
		width := min64(256, size-n)
		path := tlog.Tile{H: 8, L: 0, N: n / 256, W: int(width)}.Path()
		bundle, err := readEntries(filepath.Join(string(f), strings.Replace(path, "tile/8/0/", "tile/entries/", 1)))
		if err != nil {
			return nil, err
		}
		if int64(len(bundle)) != width {
			return nil, fmt.Errorf("%d entries in %s", len(bundle), path)
		}
		all = append(all, bundle...)
	}
	return all, nil
}

func min64(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func judgeTiles(vkey, path, number string) (string, error) {
	index, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return "", err
	}
	signed, err := readCheckpoint(vkey, filepath.Join(path, "checkpoint"))
	if err != nil {
		return "", err
	}
	// TileHashReader verifies each tile against the root of the checkpoint before it believes a hash in it.
	reader := tlog.TileHashReader(signed, folder(path))
	root, err := tlog.TreeHash(signed.N, reader)
	if err != nil {
		return "", err
	}
	if root != signed.Hash {
		return "", fmt.Errorf("root %v in the checkpoint, %v of the tiles", signed.Hash, root)
	}
	entries, err := folder(path).entries(signed.N)
	if err != nil {
		return "", err
	}
	for i, entry := range entries {
		found, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(i))})
		if err != nil {
			return "", err
		}
		if found[0] != tlog.RecordHash(entry) {
			return "", fmt.Errorf("entry %d is not the one in its tile", i)
		}
	}
	if index < 0 || index >= signed.N {
		return "", fmt.Errorf("index %d in a tree of %d", index, signed.N)
	}
	proof, err := tlog.ProveRecord(signed.N, index, reader)
	if err != nil {
		return "", err
	}
	if err := tlog.CheckRecord(proof, signed.N, signed.Hash, index, tlog.RecordHash(entries[index])); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d entries, root %v, entry %d in %d hashes", signed.N, root, index, len(proof)), nil
}
