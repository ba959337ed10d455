// Makes tree.json and notes.json with Go's own transparency log (golang.org/x/mod/sumdb), which shares no code with ours.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run make.go    (Debian: golang-go, golang-golang-x-mod-dev)
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const leaves = 70_000

var sizes = []int64{1, 2, 3, 255, 256, 257, 1000, 65535, 65536, 65537, leaves}

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = h[index]
	}
	return found, nil
}

type tree struct {
	Size        int64             `json:"size"`
	Root        string            `json:"root"`
	Files       map[string]string `json:"files"`
	Inclusion   []proof           `json:"inclusion"`
	Consistency []proof           `json:"consistency"`
}

type proof struct {
	Number int64    `json:"number"`
	Path   []string `json:"path"`
}

func main() {
	var stored hashes
	for n := int64(0); n < leaves; n++ {
		made, err := tlog.StoredHashes(n, entry(n), stored)
		check(err)
		stored = append(stored, made...)
	}
	var trees []tree
	for _, size := range sizes {
		trees = append(trees, describe(size, stored))
	}
	write("tree.json", map[string]any{"trees": trees})
	write("notes.json", notes(stored))
}

func entry(n int64) []byte { return []byte(fmt.Sprintf("entry %d", n)) }

func describe(size int64, stored hashes) tree {
	root, err := tlog.TreeHash(size, stored)
	check(err)
	described := tree{Size: size, Root: hex.EncodeToString(root[:]), Files: map[string]string{}}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		if tile.W != 256 && int64(tile.W) != size>>(8*tile.L)-tile.N*256 {
			continue // of an earlier size
		}
		data, err := tlog.ReadTileData(tile, stored)
		check(err)
		// Sumdb has the tile's height in the path, tlog-tiles has not.
		described.Files[strings.Replace(tile.Path(), "tile/8/", "tile/", 1)] = digest(data)
		if tile.L == 0 {
			path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
			described.Files[path] = digest(bundle(tile.N*256, tile.W))
		}
	}
	for _, n := range within(size, 0, size-1) {
		path, err := tlog.ProveRecord(size, n, stored)
		check(err)
		described.Inclusion = append(described.Inclusion, proof{n, hexadecimal(path)})
	}
	for _, n := range within(size, 1, size) {
		path, err := tlog.ProveTree(size, n, stored)
		check(err)
		described.Consistency = append(described.Consistency, proof{n, hexadecimal(path)})
	}
	return described
}

// within gives telling numbers from first to last.
func within(size, first, last int64) []int64 {
	seen := map[int64]bool{first: true, last: true}
	for _, n := range []int64{1, 2, 127, 128, 254, 255, 256, 257, 511, 512, 65534, 65535, 65536, size / 2, size - 2} {
		if first <= n && n <= last {
			seen[n] = true
		}
	}
	var numbers []int64
	for n := range seen {
		numbers = append(numbers, n)
	}
	sort.Slice(numbers, func(i, j int) bool { return numbers[i] < numbers[j] })
	return numbers
}

// bundle is an entry bundle of tlog-tiles, which sumdb does not have.
func bundle(first int64, count int) []byte {
	var data bytes.Buffer
	for n := first; n < first+int64(count); n++ {
		check(binary.Write(&data, binary.BigEndian, uint16(len(entry(n)))))
		data.Write(entry(n))
	}
	return data.Bytes()
}

// notes signs a checkpoint with keys of fixed seeds: a log's, and two witnesses' (tlog-cosignature, type 4).
func notes(stored hashes) map[string]any {
	root, err := tlog.TreeHash(1000, stored)
	check(err)
	log := signer("log.example/kaoping", 1, 1)
	text := fmt.Sprintf("%s\n%d\n%s\n", log.Name(), 1000, root)
	alone, err := note.Sign(&note.Note{Text: text}, log)
	check(err)
	first := witness{signer("witness.example/first", 2, 4), 1795326166}
	second := witness{signer("witness.example/second", 3, 4), 1795326167}
	both, err := note.Sign(&note.Note{Text: text}, log, first, second)
	check(err)
	extended, err := note.Sign(&note.Note{Text: text + "an extension line\n"}, log, first)
	check(err)
	return map[string]any{
		"log":      log.vkey,
		"first":    first.vkey,
		"second":   second.vkey,
		"alone":    string(alone),
		"both":     string(both),
		"extended": string(extended),
	}
}

// key is an Ed25519 key of a signed note, by its seed's byte and its type.
type key struct {
	name, vkey string
	hash       uint32
	secret     ed25519.PrivateKey
}

func signer(name string, seed, kind byte) key {
	secret := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32))
	public := append([]byte{kind}, secret.Public().(ed25519.PublicKey)...)
	sum := sha256.Sum256(append([]byte(name+"\n"), public...))
	hash := binary.BigEndian.Uint32(sum[:])
	return key{name, fmt.Sprintf("%s+%08x+%s", name, hash, base64.StdEncoding.EncodeToString(public)), hash, secret}
}

func (k key) Name() string                     { return k.name }
func (k key) KeyHash() uint32                  { return k.hash }
func (k key) Sign(text []byte) ([]byte, error) { return ed25519.Sign(k.secret, text), nil }

// witness signs a checkpoint with a time in seconds.
type witness struct {
	key
	at uint64
}

func (w witness) Sign(text []byte) ([]byte, error) {
	signature := ed25519.Sign(w.secret, []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", w.at, text)))
	return append(binary.BigEndian.AppendUint64(nil, w.at), signature...), nil
}

func hexadecimal(path []tlog.Hash) []string {
	written := []string{}
	for _, hash := range path {
		written = append(written, hex.EncodeToString(hash[:]))
	}
	return written
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func write(name string, value any) {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(value))
	check(os.WriteFile(name, data.Bytes(), 0o644))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
