package jsonscan

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzMembersAreCutWhereJSONSaysSo holds the cutter against the standard library, on whatever that
// takes for an object.
func FuzzMembersAreCutWhereJSONSaysSo(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { } `, `{"query":"{ok}"}`, `{"a":1,"b":[1,{"c":"]}"}],"d":null}`,
		`{"a":"\\\"","b":"\\"}`, `{"a":-1.5e3 , "b" : true }`,
		`{"a":{}}x`, `{"a"}`, `{"a":}`, `{,}`, `[1]`, `{"a":"`, `{"a":[`, `{"a":1`, `{"query" 1}`,
		`{"a":"\u0022"}`, `{"a":1}}`, `null`, ``, `{"a":1,}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var want map[string]json.RawMessage
		isObject := json.Unmarshal(text, &want) == nil && want != nil
		names := map[string]bool{}
		for name := range want {
			names[name] = true
		}
		got, ok := CutMembers(text, names)
		if !isObject {
			return // what is no object may be cut anywhere, as long as it ends
		}
		if !ok {
			t.Fatalf("%q: not cut", text)
		}
		for name, value := range want {
			quoted, err := json.Marshal(name)
			if err != nil || !bytes.Contains(text, quoted) || bytes.ContainsRune(quoted, '\\') {
				continue // written with escapes; names of ours have none
			}
			if !bytes.Equal(got[name], value) {
				t.Fatalf("%q: %s is %q, want %q", text, name, got[name], value)
			}
		}
	})
}
