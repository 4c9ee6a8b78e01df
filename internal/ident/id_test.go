package ident

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestAnIDSurvivesEveryFormItIsWrittenIn(t *testing.T) {
	t.Parallel()
	for k := Organization; prefixes[k] != ""; k++ {
		i := New(k)
		if i.Kind() != k {
			t.Fatalf("kind of %v is %v, want %v", i, i.Kind(), k)
		}
		if back, err := Parse(i.String()); err != nil || back != i {
			t.Fatalf("Parse(%q) = %v, %v", i, back, err)
		}
		v, _ := i.Value()
		var scanned ID
		if err := scanned.Scan(v); err != nil || scanned != i {
			t.Fatalf("Scan(%v) = %v, %v", v, scanned, err)
		}
		b, _ := json.Marshal(i)
		var read ID
		if err := json.Unmarshal(b, &read); err != nil || read != i {
			t.Fatalf("JSON %s = %v, %v", b, read, err)
		}
	}
}

func TestIDsOfOneProcessSortInTheOrderTheyWereMade(t *testing.T) {
	t.Parallel()
	previous := New(Member)
	for range 100_000 {
		next := New(Member)
		if next.String() <= previous.String() || next.UUID() <= previous.UUID() {
			t.Fatalf("%v was made after %v", next, previous)
		}
		previous = next
	}
}

func TestAnIDTellsWhenItWasMade(t *testing.T) {
	t.Parallel()
	if age := time.Since(New(Group).Time()); age < -time.Second || age > time.Minute {
		t.Fatalf("a new id is %v old", age)
	}
}

func TestWhatIsNoIDIsTheIDOfNothing(t *testing.T) {
	t.Parallel()
	stranger := New(Group).String()
	for _, s := range []any{"", "x", "inv_unknown", "grp_" + stranger, "mem_" + stranger[4:], 7,
		"grp_uuuuuuuuuuuuuuuuuuuuuuuuuu"} {
		var i ID
		if err := i.UnmarshalGQL(s); err != nil || !i.IsZero() {
			t.Errorf("UnmarshalGQL(%v) = %v, %v; want the zero ID", s, i, err)
		}
	}
}

func TestWhatIsNoUUIDIsRefused(t *testing.T) {
	t.Parallel()
	good := New(Member).UUID()
	for _, src := range []any{"", good[1:], good + "0", strings.ReplaceAll(good, "-", "0"),
		"g" + good[1:], good[:35] + "/", good[:9] + "-" + good[10:], 7, []byte("x")} {
		var i ID
		if err := i.Scan(src); err == nil {
			t.Errorf("Scan(%q) = %v", src, i)
		}
	}
	var lower, upper ID
	if err := errors.Join(lower.Scan(good), upper.Scan(
		[]byte(strings.ToUpper(good)))); err != nil || lower != upper || lower.UUID() != good {
		t.Errorf("%s is read as %v and %v: %v", good, lower, upper, err)
	}
	if err := lower.Scan(nil); err != nil || !lower.IsZero() {
		t.Errorf("null is %v: %v", lower, err)
	}
}

func TestAListIsOneArgument(t *testing.T) {
	t.Parallel()
	a, b := New(Group), New(Group)
	for _, c := range []struct {
		list driver.Valuer
		want string
	}{
		{Array{}, "{}"}, {Array{a, b}, "{" + a.UUID() + "," + b.UUID() + "}"},
		{JSON{}, "[]"}, {JSON{a, b}, `["` + a.UUID() + `","` + b.UUID() + `"]`},
	} {
		if got, err := c.list.Value(); err != nil || got != c.want {
			t.Errorf("%v, %v; want %s", got, err, c.want)
		}
	}
}

func TestTheFloorOfAMomentStandsBelowItsIDsAndAboveEarlierOnes(t *testing.T) {
	t.Parallel()
	i := New(Group)
	if at := i.Time(); !Floor(at).Before(i) || !i.Before(Floor(at.Add(time.Millisecond))) ||
		i.Before(i) {
		t.Errorf("the floor of %v is not right for %v", at, i)
	}
}
