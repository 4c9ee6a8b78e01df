package spreadsheet

import (
	"archive/zip"
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
)

// cellStyle is the part of a cell's format that changes its text: whether the number is a date, and
// the number of digits that leading zeros fill up.
type cellStyle struct {
	date  bool
	zeros int
}

// maxStyles is the limit of spreadsheet programs. Further styles are read as plain numbers.
const maxStyles = 65_490

// readStyles reads the cell formats in the order in which cells refer to them.
func readStyles(z *zip.Reader, name string) ([]cellStyle, error) {
	var styles []cellStyle
	custom := map[string]cellStyle{}
	// xf elements also occur in lists that no cell refers to. Counting those would shift all
	// styles.
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

// clipID limits what is kept of a format id, which a file may write with a million digits.
func clipID(id []byte) []byte { return id[:min(len(id), 10)] }

// isBuiltInDate reports whether a format id without a code is a date: ISO 29500, 18.8.30, and those
// of East Asian programs.
func isBuiltInDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 &&
		id <= 58
}

// parseFormatCode reads a format code. It is a date format if d, m, y, h or s occurs outside quotes
// and brackets.
func parseFormatCode(code string) cellStyle {
	// "00000" shows the leading zeros of a number, such as those of a postcode.
	if n := len(code); n > 1 && n < 20 && strings.Trim(code, "0") == "" {
		return cellStyle{zeros: n}
	}
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == ';': // the rest formats negative numbers
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
			i++ // the next character is literal, a width, or repeated
		case c == 'y' || c == 'm' || c == 'd' || c == 'h' || c == 's':
			return cellStyle{date: true}
		}
	}
	return cellStyle{}
}

// formatNumber replaces the number in buf from began on by the text that a spreadsheet shows: dates
// as ISO; otherwise at most fifteen digits, never an exponent, with the leading zeros of a format
// of zeros (postal codes).
func (s cellStyle) formatNumber(buf []byte, began int, since1904 bool) []byte {
	raw := bytes.TrimSpace(buf[began:])
	if s == (cellStyle{}) && len(raw) <= 15 && isAllDigits(raw) && (len(raw) < 2 || raw[0] != '0') {
		return append(buf[:began], raw...) // the usual case does not need float64
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || math.Abs(f) >= 1e21 {
		return buf // unchanged: the text would have hundreds of digits
	}
	if s.date {
		if text, ok := formatSerialDate(f, since1904); ok {
			return append(buf[:began], text...)
		}
	}
	// The sixteenth digit is an artefact of binary fractions: 0.1 + 0.2 is stored as
	// 0.30000000000000004.
	if rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
		f = rounded
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	// Numbers have no leading zeros: the postal code 01000 is stored as 1000 with a format.
	if missing := s.zeros - len(text); missing > 0 && isAllDigits([]byte(text)) {
		text = strings.Repeat("0", missing) + text
	}
	return append(buf[:began], text...)
}

// isAllDigits tells whether a text has ASCII digits only; true for an empty one.
func isAllDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// formatSerialDate converts the days since the start of a workbook's calendar to ISO: a date for
// whole days, a time for less than one day. It returns false for days outside the calendar.
func formatSerialDate(serial float64, since1904 bool) (string, bool) {
	// Seconds are rounded below: an hour is not a finite binary fraction of a day, and 8:30 would
	// become 8:29:59.
	const lastDay = 2_958_466 // the day after 9999-12-31
	if serial < 0 || serial >= lastDay {
		return "", false
	}
	days := math.Floor(serial)
	seconds := math.Round((serial - days) * 24 * 60 * 60)
	first := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case since1904:
		first = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	case days == 60: // 29 February 1900 exists only in Lotus 1-2-3 and its successors
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

// trimMidnight drops the time of a date without one.
func trimMidnight(iso string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(iso), ".000"), "T00:00:00")
}
