package importfile

import (
	"archive/zip"
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
)

// cellStyle is what matters of a cell's format: whether the number is a date, and how many digits
// it is filled up to.
type cellStyle struct {
	date  bool
	zeros int
}

// maxStyles is what spreadsheet programs allow; what a file has beyond it is shown as plain
// numbers.
const maxStyles = 65_490

// readStyles reads the formats of cells, in the order in which cells refer to them.
func readStyles(z *zip.Reader, name string) ([]cellStyle, error) {
	var styles []cellStyle
	custom := map[string]cellStyle{}
	// An xf also stands in lists that no cell refers to; counting those would shift all styles.
	inCells := false
	err := visitElements(z, name, func(x *xmlScanner) error {
		switch x.name {
		case "numFmt":
			if s := parseFormatCode(x.attributeText("formatCode")); s != (cellStyle{}) &&
				len(custom) < maxStyles {
				custom[string(clipID(x.attributeValue("numFmtId")))] = s
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if !inCells || len(styles) >= maxStyles {
				return nil
			}
			id := string(clipID(x.attributeValue("numFmtId")))
			s, ok := custom[id]
			if n, err := strconv.Atoi(id); err == nil && !ok {
				s.date = isBuiltInDate(n)
			}
			styles = append(styles, s)
		}
		return nil
	})
	return styles, err
}

// clipID bounds what is kept of a number that a file may write with a million digits.
func clipID(id []byte) []byte { return id[:min(len(id), 10)] }

// isBuiltInDate knows the numbers of date formats that need no code: ISO 29500, 18.8.30, and those
// of East Asian programs.
func isBuiltInDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 &&
		id <= 58
}

// parseFormatCode reads a format code: it is a date's if letters of dates stand outside of quotes
// and brackets.
func parseFormatCode(code string) cellStyle {
	if n := len(code); n > 1 && n < 20 && strings.Trim(code, "0") == "" {
		return cellStyle{zeros: n}
	}
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == ';': // what follows is for negative numbers
			return cellStyle{}
		case code[i] == '"', code[i] == '[':
			end := byte('"')
			if code[i] == '[' {
				end = ']'
			}
			j := strings.IndexByte(code[i+1:], end)
			if j < 0 {
				return cellStyle{}
			}
			i += j + 1
		case code[i] == '\\', code[i] == '_', code[i] == '*':
			i++ // the next one is shown, left room for, or repeated
		case c == 'y' || c == 'm' || c == 'd' || c == 'h' || c == 's':
			return cellStyle{date: true}
		}
	}
	return cellStyle{}
}

// formatNumber turns the number that buf holds from began on into what a person sees: a date as
// ISO, else at most the fifteen digits that spreadsheets show, never an exponent, and the zeros in
// front that a format of zeros gives (postal codes).
func (s cellStyle) formatNumber(buf []byte, began int, since1904 bool) []byte {
	raw := bytes.TrimSpace(buf[began:])
	if s == (cellStyle{}) && len(raw) <= 15 && isAllDigits(raw) && (len(raw) < 2 || raw[0] != '0') {
		return append(buf[:began], raw...) // the usual case, without a detour through float64
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || math.Abs(f) >= 1e21 {
		return buf // as it stands: hundreds of digits help nobody
	}
	if s.date {
		if text, ok := formatSerialDate(f, since1904); ok {
			return append(buf[:began], text...)
		}
	}
	// The sixteenth digit is noise of binary fractions: 0.1 + 0.2 is kept as 0.30000000000000004.
	if rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
		f = rounded
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	// A number keeps no zeros in front: 01000 Bourg-en-Bresse is 1000 with a format.
	if missing := s.zeros - len(text); missing > 0 && isAllDigits([]byte(text)) {
		text = strings.Repeat("0", missing) + text
	}
	return append(buf[:began], text...)
}

func isAllDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// formatSerialDate turns the days since the beginning of a workbook's calendar into ISO: the date
// alone for whole days, the time alone for less than one.
func formatSerialDate(serial float64, since1904 bool) (string, bool) {
	// Seconds are rounded: an hour is no finite fraction of a day, and 8:30 would come out as
	// 8:29:59.
	const lastDay = 2_958_466 // behind 9999-12-31
	if serial < 0 || serial >= lastDay {
		return "", false
	}
	days := math.Floor(serial)
	seconds := math.Round((serial - days) * 24 * 60 * 60)
	first := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case since1904:
		first = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	case days == 60: // 29 February 1900, which there never was, but in Lotus 1-2-3
		return "", false
	case days < 60:
		first = first.AddDate(0, 0, 1)
	}
	at := first.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second)
	if days == 0 && seconds < 24*60*60 {
		return at.Format(time.TimeOnly), true
	}
	return trimMidnight(at.Format("2006-01-02T15:04:05")), true
}

// trimMidnight leaves the time away where a date was meant.
func trimMidnight(iso string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(iso), ".000"), "T00:00:00")
}
