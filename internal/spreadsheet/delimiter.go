package spreadsheet

import (
	"bufio"
	"bytes"
	"slices"
	"strings"
)

// delimiters are in the order of preference among equals: texts contain commas more often than
// semicolons, and never tabs.
var delimiters = []byte{'\t', ';', ','}

// sniffRecords is the number of first records that choose the delimiter.
const sniffRecords = 20

// detectDelimiter chooses the delimiter by the first records, without consuming them. A header
// decides; otherwise the delimiter that gives the most records the same number of cells, then the
// most cells. A file of one column can be read with any. Its rejected rows use the one that most
// programs open.
func (t *textReader) detectDelimiter(isHeader func(cells []string) bool) {
	// An error of reading appears again in the first record.
	sample, _ := t.r.Peek(sampleBytes)
	best, most := byte(','), 0
	for _, d := range delimiters {
		score := 1 // only delimiters: an empty file
		records := readFirstRecords(sample, d)
		if len(records) > 0 {
			score = scoreAgreement(records)
			// A single known word may result from the wrong delimiter, like "Nom" in "Nom;a,b":
			// more cells have more weight.
			for _, cells := range records[:min(MaxHeadRecords, len(records))] {
				if n := len(cells); n > 1 && isHeader(cells) {
					score += 1_000_000 * n
					break
				}
			}
		}
		if score > most {
			best, most = d, score
		}
	}
	t.delimiter = best
}

// readFirstRecords splits the sample. The record at its end is incomplete and not counted, unless
// it is the only one.
func readFirstRecords(sample []byte, delimiter byte) [][]string {
	t := &textReader{r: bufio.NewReader(bytes.NewReader(sample)), line: 1, delimiter: delimiter}
	var records [][]string
	for len(records) < sniffRecords {
		rec, err := t.readRecord()
		if err != nil {
			return records
		}
		if rec = rec.TrimEnd(); len(rec.Cells) > 0 {
			records = append(records, rec.Cells)
		}
	}
	if len(sample) == sampleBytes && len(records) > 1 && len(records) < sniffRecords {
		records = records[:len(records)-1]
	}
	return records
}

// scoreAgreement counts the records that have as many cells as the first one, or fewer because the
// last ones are empty. A record that splits a quoted text does not count.
func scoreAgreement(records [][]string) int {
	cells := len(records[0])
	// A first person of whom only the last name is known says nothing about the others.
	if cells < 2 {
		cells = 0
		for _, r := range records[1:] {
			cells = max(cells, len(r))
		}
	}
	if cells < 2 {
		return 0
	}
	agree := 0
	for _, r := range records {
		if n := len(r); n > 1 && n <= cells && !slices.ContainsFunc(r, isHalfQuoted) {
			agree++
		}
	}
	return agree*1000 + min(cells, 999)
}

func isHalfQuoted(cell string) bool { return strings.Count(cell, `"`)%2 == 1 }
