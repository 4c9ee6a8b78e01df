package importfile

import (
	"bufio"
	"bytes"
	"slices"
	"strings"
)

// delimiters in the order of preference among equals: commas are in texts more often than
// semicolons, and tabs never are.
var delimiters = []byte{'\t', ';', ','}

// sniffRecords is how many of the first records choose the delimiter.
const sniffRecords = 20

// detectDelimiter sets the delimiter by what comes first, and reads nothing of it. A header among
// the first records decides; otherwise the delimiter that gives the most records the same number of
// cells, then the most cells. In a file of one column any will do to read it; rows that go back
// take the one that most programs open.
func (t *textReader) detectDelimiter(v *headerVocabulary) {
	// What cannot be read shows when it is read in earnest.
	sample, _ := t.r.Peek(sampleBytes)
	best, most := byte(','), 0
	for _, d := range delimiters {
		score := 1 // nothing but this delimiter: an empty file
		records := readFirstRecords(sample, d)
		if len(records) > 0 {
			score = scoreAgreement(records)
			// A single known word may come of the wrong delimiter, as in "Nom" of "Nom;a,b": more
			// cells, more weight.
			for _, cells := range records[:min(maxHeadRecords, len(records))] {
				if n := len(cells); n > 1 && v.isHeader(cells) {
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

// readFirstRecords splits the sample; the record that it ends in the midst of is not counted,
// unless there is no other.
func readFirstRecords(sample []byte, delimiter byte) [][]string {
	t := &textReader{r: bufio.NewReader(bytes.NewReader(sample)), line: 1, delimiter: delimiter}
	var records [][]string
	for len(records) < sniffRecords {
		rec, err := t.readRecord()
		if err != nil {
			return records
		}
		if rec = trimRecord(rec); len(rec.cells) > 0 {
			records = append(records, rec.cells)
		}
	}
	if len(sample) == sampleBytes && len(records) > 1 && len(records) < sniffRecords {
		records = records[:len(records)-1]
	}
	return records
}

// scoreAgreement is high when many records have as many cells as the first one, or fewer because
// the last ones are empty. A record that splits a quoted text in two does not count.
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
