package mail

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"usher/internal/i18n"
	"usher/internal/palette"
)

// What mail programs show alike. To add a tag, an attribute or a property, look it up
// (caniemail.com) first. A style sheet, letter-spacing and the properties of Outlook are ignored
// where they are unknown, and nothing depends on them.
var (
	allowedTags = words(
		"html head meta title style body div table tbody tr td h1 p a img br span strong")
	// tbody is the parser's own addition.
	allowedAttributes = words(
		"lang charset name content style role width cellpadding cellspacing border align href src alt height " +
			"dir class bgcolor valign aria-hidden")
	allowedProperties = words(
		"margin padding background-color display max-height overflow width max-width height border border-radius " +
			"border-left border-top font-family font-size font-weight line-height color vertical-align word-break text-decoration " +
			"border-bottom border-collapse padding-left padding-top padding-bottom letter-spacing " +
			"mso-hide mso-padding-alt")
)

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

func TestEveryMailIsMadeOfWhatMailProgramsShowAlike(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds {
		for _, locale := range i18n.Locales {
			r, err := Render(sample(t, kind, locale))
			if err != nil {
				t.Fatal(err)
			}
			// the promise, and what they really are
			if len(r.HTML) > 100_000 || len(r.HTML) > 12_000 {
				t.Errorf("%s has %d bytes", kind, len(r.HTML))
			}
			checkHTML(t, string(kind), r, locale)
		}
	}
}

func checkHTML(t *testing.T, name string, r Rendered, locale i18n.Locale) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(r.HTML))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		if !allowedTags[n.Data] {
			t.Errorf("%s uses <%s>", name, n.Data)
		}
		for _, a := range n.Attr {
			if !allowedAttributes[a.Key] {
				t.Errorf("%s uses <%s %s>", name, n.Data, a.Key)
			}
			if a.Key != "style" {
				continue
			}
			for declaration := range strings.SplitSeq(a.Val, ";") {
				property, value, _ := strings.Cut(declaration, ":")
				if !allowedProperties[strings.TrimSpace(property)] ||
					strings.Contains(value, "url(") {
					t.Errorf("%s uses the style %q", name, declaration)
				}
			}
		}
		switch {
		case n.Data == "html" && attribute(n, "lang") != string(locale):
			t.Errorf("%s has lang %q", name, attribute(n, "lang"))
		case n.Data == "table" && attribute(n, "role") != "presentation":
			t.Errorf("%s has a table that screen readers announce", name)
		}
	}
	if count["h1"] != 1 || count["title"] != 1 || count["img"] > 1 {
		t.Errorf("%s has %d h1, %d title, %d img", name, count["h1"], count["title"], count["img"])
	}
	if body := r.HTML[strings.Index(r.HTML, "<body"):]; !strings.HasPrefix(
		body[strings.Index(body, "\n")+1:], `<div style="display:none`) {
		t.Errorf("%s does not begin with its preheader", name)
	}
	if n := len([]rune(r.Preheader)); n < 20 || n > 130 {
		t.Errorf("%s has a preheader of %d characters: %s", name, n, r.Preheader)
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	evil := "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\r\nBcc: eve@evil.test\u202e\u200b{{.Link}}"
	for _, kind := range Kinds {
		c := sample(t, kind, i18n.French)
		c.Workspace.Name, c.RecipientName, c.InviterName, c.SubjectName, c.Message = evil, evil,
			evil, evil, evil
		c.Workspace.SupportContact, c.NewAddress, c.Endpoint, c.Username = evil, evil, evil, evil
		c.Session.Name, c.Session.Program, c.Import.File = evil, evil, evil
		c.Workspace.Color = "red;background:url(https://evil.test/x)"
		r, err := Render(c)
		if err != nil {
			t.Fatal(err)
		}
		r.Preheader = "judged by another test" // with such a name it is long
		checkHTML(t, string(kind), r, i18n.French)
		if strings.ContainsAny(r.Subject, "\r\n") || strings.Contains(r.Subject, "\u202e") {
			t.Errorf("%s: the subject is %q", kind, r.Subject)
		}
		if strings.Contains(r.HTML, "evil.test/x") || strings.Contains(r.HTML, "\u200b") {
			t.Errorf("%s: hostile text got through", kind)
		}
		if !strings.Contains(r.Text, "{{.Link}}") && strings.Contains(r.Text, "<script>") {
			t.Errorf("%s: a template in a name was run", kind)
		}
	}
}

func TestAPersonalMessageKeepsItsLinesAndNothingElse(t *testing.T) {
	t.Parallel()
	c := sample(t, Invitation, i18n.English)
	c.Message = "\r\n\r\nDear <all>,\r\nline two\rline three\n\n\n\n\u2066hidden\u2069 שלום \U0001F468\u200d\U0001F469\x00\x1b[31m & end  \n\n"
	r, err := Render(c)
	if err != nil {
		t.Fatal(err)
	}
	if want := "> Dear <all>,\n> line two\n> line three\n>\n> hidden שלום \U0001F468\u200d\U0001F469[31m & end\n"; !strings.Contains(r.Text, want) {
		t.Errorf("the text part reads\n%s", r.Text)
	}
	if want := "Dear &lt;all&gt;,<br>line two<br>line three<br><br>hidden שלום \U0001F468\u200d\U0001F469[31m &amp; end</td>"; !strings.Contains(r.HTML, want) {
		t.Errorf("the HTML part reads\n%s", r.HTML)
	}
}

func TestAMalformedColourIsUshers(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "red", "#12", "#12345g", "#1234567", "url(x)", "#+12345",
		"#fff;x:y"} {
		if p := workspacePalette(bad); p.Fill != palette.Usher {
			t.Errorf("%q was taken as a colour", bad)
		}
	}
}

// FuzzClean shows that no text leaves clean.go with a control character, or longer than allowed.
func FuzzClean(f *testing.F) {
	f.Add("a\r\nBcc: x")
	f.Add("\xff\xfe\u2028\u202e =?utf-8?q?=0A?=")
	f.Fuzz(func(t *testing.T, s string) {
		line, text := cleanLine(s, maxName), cleanParagraphs(s, maxMessage)
		for _, r := range line {
			if toVisibleRune(r) != r || r == '\n' {
				t.Errorf("%q holds %U", line, r)
			}
		}
		for _, r := range text {
			if toVisibleRune(r) != r && r != '\n' {
				t.Errorf("%q holds %U", text, r)
			}
		}
		if cleanLine(line, maxName) != line || cleanParagraphs(text, maxMessage) != text ||
			len([]rune(line)) > maxName {
			t.Errorf("cleaning %q again changes it", s)
		}
	})
}
