// Package imports takes spreadsheets of people: upload, preview, run, undo, report, template, and
// the export of members.
//
// A file is stored sealed and previewed: each row is read (rowReader) and evaluated (rowEvaluator),
// and nothing but the rows is written. Running it evaluates each row again by the same code, in
// transactions of many rows (rowWriter), so that what changed between the two counts. What an
// import changes is noted, so that it can be undone.
package imports
