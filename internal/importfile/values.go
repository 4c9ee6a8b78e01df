package importfile

import "strings"

// valueSeparator separates the values of a cell. After a backslash it is part of a value.
const valueSeparator = '|'

// splitValues splits a cell with several values. Backslashes count before a separator only: an odd
// one makes the separator part of the value, and two are one backslash at the end of the value.
func splitValues(cell string) []string {
	list := make([]string, 0, 1+strings.Count(cell, "|"))
	var value strings.Builder
	end := func() {
		if v := strings.TrimSpace(value.String()); v != "" {
			list = append(list, v)
		}
		value.Reset()
	}
	for i := 0; i < len(cell); i++ {
		slashes := 0
		for i+slashes < len(cell) && cell[i+slashes] == '\\' {
			slashes++
		}
		// Behind the backslashes stands what decides about their meaning.
		i += slashes
		if i == len(cell) || cell[i] != valueSeparator {
			value.WriteString(strings.Repeat(`\`, slashes))
			if i < len(cell) {
				value.WriteByte(cell[i])
			}
			continue
		}
		value.WriteString(strings.Repeat(`\`, slashes/2))
		if slashes%2 == 1 {
			value.WriteByte(valueSeparator)
		} else {
			end()
		}
	}
	end()
	return list
}

// JoinValues writes several values into one cell, which splitValues reads back.
func JoinValues(values []string) string {
	var cell strings.Builder
	for i, value := range values {
		if i > 0 {
			cell.WriteByte(valueSeparator)
		}
		for j := 0; j < len(value); j++ {
			slashes := 0
			for j+slashes < len(value) && value[j+slashes] == '\\' {
				slashes++
			}
			j += slashes
			last := j == len(value)
			switch {
			case !last && value[j] == valueSeparator:
				cell.WriteString(strings.Repeat(`\`, 2*slashes+1))
			// A separator follows this value, so its own backslashes at the end must be doubled.
			case last && i+1 < len(values):
				cell.WriteString(strings.Repeat(`\`, 2*slashes))
			default:
				cell.WriteString(strings.Repeat(`\`, slashes))
			}
			if !last {
				cell.WriteByte(value[j])
			}
		}
	}
	return cell.String()
}
