package password

import (
	"context"
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/fault"
)

// cheapHasher makes a Hasher whose hashes cost next to nothing, for tests that are not about the
// cost.
func cheapHasher() *Hasher {
	h := NewHasher(2)
	h.params = costParams{memory: 8, passes: 1, parallelism: 1}
	return h
}

// Published by the reference implementation (test.c of phc-winner-argon2) for version 0x13.
func TestHashesAreThoseOfTheReferenceImplementation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		costParams
		pw, want string
	}{
		{costParams{1 << 16, 2, 1}, "password",
			"09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"},
		{costParams{1 << 8, 2, 1}, "password",
			"9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"},
		{costParams{1 << 8, 2, 2}, "password",
			"6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"},
		{costParams{1 << 16, 1, 1}, "password",
			"f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"},
	} {
		got := storedHash{costParams: c.costParams, salt: []byte("somesalt"),
			key: make([]byte, 32)}.deriveKey(c.pw)
		if hex.EncodeToString(got) != c.want {
			t.Errorf("%+v: %x", c.costParams, got)
		}
	}
}

func TestAPasswordVerifiesAgainstItsOwnHashAlone(t *testing.T) {
	t.Parallel()
	h, ctx := NewHasher(2), t.Context()
	phc, err := h.Hash(ctx, "correct horse é")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") || len(phc) != 97 {
		t.Errorf("stored as %s", phc)
	}
	if again, _ := h.HashAtLowPriority(ctx, "correct horse é"); again == phc {
		t.Error("two hashes share a salt")
	}
	for pw, want := range map[string]bool{
		"correct horse é":       true,
		"correct horse e\u0301": true, // the same text from another keyboard
		"correct horse e":       false,
		"Correct horse é":       false,
		"correct horse é ":      false,
		"":                      false,
	} {
		if ok, rehash, err := h.Verify(ctx, pw, phc); ok != want || rehash || err != nil {
			t.Errorf("%q: %v, %v, %v", pw, ok, rehash, err)
		}
	}
}

func TestAHashIsRenewedOnlyWhenItHasBecomeTooCheap(t *testing.T) {
	t.Parallel()
	old := costParams{memory: 64, passes: 2, parallelism: 1}
	for _, c := range []struct {
		name string
		now  costParams
		want bool
	}{
		{"unchanged", old, false},
		{"more memory", costParams{128, 2, 1}, true},
		{"more passes", costParams{64, 3, 1}, true},
		{"more lanes", costParams{64, 2, 2}, true},
		{"lowered", costParams{32, 1, 1}, false},
	} {
		h := cheapHasher()
		h.params = old
		phc, err := h.Hash(t.Context(), "some password")
		if err != nil {
			t.Fatal(err)
		}
		h.params = c.now
		if ok, rehash, err := h.Verify(t.Context(), "some password", phc); !ok ||
			rehash != c.want || err != nil {
			t.Errorf("%s: %v, %v, %v", c.name, ok, rehash, err)
		}
		if ok, rehash, _ := h.Verify(t.Context(), "another password", phc); ok || rehash {
			t.Errorf("%s: a wrong password is renewed", c.name)
		}
	}
}

func TestNoPasswordMatchesAnAccountWithoutOne(t *testing.T) {
	t.Parallel()
	for _, pw := range []string{"", "anything"} {
		if ok, rehash, err := cheapHasher().Verify(t.Context(), pw, ""); ok || rehash ||
			err != nil {
			t.Errorf("%q: %v, %v, %v", pw, ok, rehash, err)
		}
	}
}

func TestAnEndlessPasswordIsRefusedBeforeHashing(t *testing.T) {
	t.Parallel()
	h := NewHasher(1)
	if err := h.queue.waitTurn(t.Context(), false); err != nil { // nothing can be hashed any more
		t.Fatal(err)
	}
	long := strings.Repeat("x", MaxBytes+1)
	if _, err := h.Hash(t.Context(), long); !fault.Has(err, fault.PasswordTooWeak) {
		t.Errorf("hash: %v", err)
	}
	if ok, _, err := h.Verify(t.Context(), long, ""); ok || err != nil {
		t.Errorf("verify: %v, %v", ok, err)
	}
}

func TestAnUnknownAccountCostsWhatAWrongPasswordCosts(t *testing.T) {
	h, ctx := NewHasher(1), t.Context() // not parallel: it measures
	phc, err := h.Hash(ctx, "some password")
	if err != nil {
		t.Fatal(err)
	}
	// The best of several alternated tries: the machine's other work only ever adds. A busy machine
	// gets more tries; a dummy that is cheaper stays so in all of them.
	wrong, dummy := time.Hour, time.Hour
	areAlike := func() bool { return dummy >= wrong*2/3 && wrong >= dummy*2/3 }
	for try := 0; try < 8 || try < 100 && !areAlike(); try++ {
		start := time.Now()
		_, _, err = h.Verify(ctx, "wrong password", phc)
		wrong = min(wrong, time.Since(start))
		start = time.Now()
		_, _, dummyErr := h.Verify(ctx, "wrong password", "")
		dummy = min(dummy, time.Since(start))
		if err != nil || dummyErr != nil {
			t.Fatal(err, dummyErr)
		}
	}
	if !areAlike() {
		t.Errorf("wrong password %v, unknown account %v", wrong, dummy)
	}
}

func TestADamagedHashIsAnErrorThatDoesNotShowIt(t *testing.T) {
	t.Parallel()
	good := "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHApi8"
	if _, err := parsePHC(good); err != nil {
		t.Fatal(err)
	}
	for name, phc := range map[string]string{
		"another kind":        strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":     strings.Replace(good, "v=19", "v=16", 1),
		"no version":          strings.Replace(good, "$v=19", "", 1),
		"a leading zero":      strings.Replace(good, "m=64", "m=064", 1),
		"a sign":              strings.Replace(good, "m=64", "m=+64", 1),
		"another order":       strings.Replace(good, "m=64,t=2", "t=2,m=64", 1),
		"a further parameter": strings.Replace(good, "p=1", "p=1,x=1", 1),
		"too much memory":     strings.Replace(good, "m=64", "m=4194304", 1),
		"too little memory":   strings.Replace(good, "m=64", "m=7", 1),
		"no passes":           strings.Replace(good, "t=2", "t=0", 1),
		"too many passes":     strings.Replace(good, "t=2", "t=17", 1),
		"no lanes":            strings.Replace(good, "p=1", "p=0", 1),
		"lanes beyond a byte": strings.Replace(good, "p=1", "p=257", 1),
		"a short salt":        strings.Replace(good, "c29tZXNhbHQ", "c29t", 1),
		"padding":             good + "=",
		"a line break":        good + "\n",
		"a short key":         good[:len(good)-16],
		"a field more":        good + "$",
		"plain text":          "hunter2",
	} {
		ok, _, err := cheapHasher().Verify(t.Context(), "some password", phc)
		if ok || !errors.Is(err, errMalformed) || strings.Contains(err.Error(), phc) {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
		if _, isFault := fault.Of(err); isFault {
			t.Errorf("%s is told to the caller", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHApi8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Add("")
	f.Fuzz(func(t *testing.T, phc string) {
		h, err := parsePHC(phc)
		if err != nil {
			return
		}
		if h.String() != phc || h.memory > maxMemory || h.passes > maxPasses ||
			len(h.salt) > maxField || len(h.key) > maxField {
			t.Fatalf("%q was read as %+v", phc, h.costParams)
		}
	})
}

func TestManyHashesAtOnceAllComeOutRight(t *testing.T) {
	t.Parallel()
	h, ctx := cheapHasher(), context.Background()
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			hash := h.Hash
			if i%3 == 0 {
				hash = h.HashAtLowPriority
			}
			phc, err := hash(ctx, "some password")
			if err != nil {
				t.Error(err)
				return
			}
			if ok, _, err := h.Verify(ctx, "some password", phc); !ok || err != nil {
				t.Error(ok, err)
			}
		})
	}
	wg.Wait()
	if h.queue.running != 0 || h.queue.runningLow != 0 {
		t.Errorf("%d, %d still count as running", h.queue.running, h.queue.runningLow)
	}
}

// BenchmarkHash shows the rate that everything which sets or checks a password is held against.
func BenchmarkHash(b *testing.B) {
	h := NewHasher(runtime.GOMAXPROCS(0))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := h.Hash(b.Context(), "some password"); err != nil {
				b.Error(err)
			}
		}
	})
}
