package fast

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// read are the files of gqlgen 0.17.95 that fast.gotpl and internal/fastgql are written after, with
// their sums. A sum that changed asks for a person: compare what changed with the template, the
// buffer and the selection, run the long comparison of graph (USHER_FAST_QUERIES=2000), then write
// the new sum.
var read = map[string]string{
	"codegen/type.gotpl":           "2a7fe68b5aaa5634db2d21ca50eb708d1f6e923edeffceb735cc934e68c0f670",
	"codegen/object.gotpl":         "b89c7eba082c59e54bfb68e22d9a575fef7e4a16df09871692b16cb0ffbfd49c",
	"codegen/field.gotpl":          "5164473144ed42dc94df7c1c3ddf2dbff0acec7d5c614027bb31e5e3b140268f",
	"codegen/interface.gotpl":      "7168a807f9e574815cff008ce53ca1a6508655b22d37f7f267aebf2a36667bb2",
	"graphql/bool.go":              "be8947000f531608b271a48aff373ee21ef374d2a0490e43288186b87bfa4d0e",
	"graphql/executable_schema.go": "f22717c1c16ac1393d4f7f5f17481a47034af87119779bc84424f21ac833ba07",
	"graphql/int.go":               "1fba1a901fcfa60fe283d02b6700893ab41cc2d7cf11aba3716d15cad0e4efb5",
	"graphql/resolve_field.go":     "25bfed0b1c21314adb0322d073c2d6a69bdf3adaaea42f519837e7a8437dd0cd",
	"graphql/slice.go":             "59d3cdade176a6839eb0a57d8c0358fc0096f850e762ccc65dc0975ce31d955d",
	"graphql/string.go":            "312aac830454ec3905d36a2b83ee7fd47347c8a144c181dcb8c4ae9bf357856b",
	"graphql/time.go":              "b25909ee04a2c239cab393e82e52eee1b07bf9338540629600eb90623df4e12f",
}

func TestGqlgenIsAsItWasWhenItsBodyWasCopied(t *testing.T) {
	t.Parallel()
	folder, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}",
		"github.com/99designs/gqlgen").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range read {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)),
			filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s has changed, its sum is %s: compare it with what was copied", name, got)
		}
	}
}
