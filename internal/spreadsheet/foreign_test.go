package spreadsheet

import (
	"strings"
	"testing"
)

func TestOtherFormatsNamedAsATableAreRefusedByName(t *testing.T) {
	t.Parallel()
	html := "<html><head><title>x</title></head><body><table><tr><td>E-mail</td></tr></table></body></html>"
	compound := func(name string) string {
		b := make([]byte, 2048)
		copy(b, oleMagic)
		b[30] = 9 // sectors of 512 bytes
		b[48] = 1 // the directory is the second
		for i, r := range name {
			b[1024+2*i] = byte(r)
		}
		return string(b)
	}
	for name, c := range map[string]struct{ in, key string }{
		"a web page":                  {html, "is_html"},
		"a web page with a mark":      {"\ufeff\r\n  <!DOCTYPE html>\n" + html, "is_html"},
		"a web page in UTF-16":        {string(utf16Bytes(html, true, true)), "is_html"},
		"a table of a reporting tool": {"<table border=1>\n<tr><th>E-mail</th></tr>\n<tr><td>a@x.test</td></tr></table>", "is_html"},
		"a page with styles":          {"<style>td{}</style>\n<table></table>", "is_html"},
		"a page of Excel": {`<html xmlns:o="urn:schemas-microsoft-com:office:office">`,
			"is_html"},
		"an XML spreadsheet":        {`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`, "is_xml"},
		"other XML":                 {"<users><user/></users>", "is_xml"},
		"a PDF":                     {"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj", "is_pdf"},
		"PostScript":                {"%!PS-Adobe-3.0\n", "is_pdf"},
		"contacts":                  {"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nEMAIL:a@x.test\r\nEND:VCARD\r\n", "is_vcard"},
		"contacts in small letters": {"begin:vcard\nversion:2.1\n", "is_vcard"},
		"a calendar":                {"BEGIN:VCALENDAR\r\n", "is_calendar"},
		"a directory": {"dn: uid=ada,ou=people,dc=x,dc=test\nmail: ada@x.test\n",
			"is_ldif"},
		"a directory with a version": {"# export\n\nversion: 1\n\ndn: uid=ada,dc=x\nmail: ada@x.test\n", "is_ldif"},
		"an encoded directory entry": {"dn:: dWlkPWFkYQ==\nmail: ada@x.test\n", "is_ldif"},
		"JSON":                       {`[{"email": "a@x.test"}]`, "is_json"},
		"an object":                  {"{\n  \"users\": [\n", "is_json"},
		"lines of JSON": {"{\"email\":\"a@x.test\"}\n{\"email\":\"b@x.test\"}\n",
			"is_json"},
		"lists":     {`[["a@x.test"]]`, "is_json"},
		"rich text": {`{\rtf1\ansi a@x.test}`, "is_document"},
		"an email": {"Return-Path: <a@x.test>\nReceived: from x\n\nHello",
			"is_email"},
		"a page in one file": {"MIME-Version: 1.0\nContent-Type: multipart/related\n\n",
			"is_email"},
		"an exchange format": {"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"E-mail\"\r\n",
			"is_exchange_format"},
		"another one": {"TABLE\r\n0,1\r\n\"EXCEL\"\r\n", "is_exchange_format"},
		"an old workbook": {string(oleMagic) + strings.Repeat("\x00", 600),
			"old_workbook"},
		"a short old workbook":    {string(oleMagic), "old_workbook"},
		"an older workbook":       {"\x09\x08\x08\x00\x00\x05\x10\x00", "old_workbook"},
		"an old workbook by name": {compound("Workbook"), "old_workbook"},
		"a document":              {compound("WordDocument"), "is_document"},
		"a message":               {compound("__nameid_version1.0"), "is_document"},
		"a protected workbook":    {compound("EncryptedPackage"), "is_encrypted"},
		"a picture": {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01",
			"is_image"},
		"a photograph":            {"\xFF\xD8\xFF\xE0\x00\x10JFIF", "is_image"},
		"a moving picture":        {"GIF89a\x01\x00\x01\x00", "is_image"},
		"a newer photograph":      {"\x00\x00\x00\x18ftypheic", "is_image"},
		"a compressed file":       {"\x1F\x8B\x08\x00\x00\x00", "is_archive"},
		"another compressed file": {"7z\xBC\xAF\x27\x1C\x00\x04", "is_archive"},
		"UTF-32":                  {"\xFF\xFE\x00\x00a\x00\x00\x00", "not_text"},
		"a text document": {string(
			archive(t, "word/document.xml", "<x/>", "[Content_Types].xml", "<x/>")), "is_document"},
		"a binary workbook": {string(archive(t, "xl/workbook.bin", "x")),
			"is_binary_workbook"},
		"an OpenDocument": {string(
			archive(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml",
				"<x/>")), "is_open_document"},
		"a document of Numbers": {string(archive(t, "Index/Document.iwa", "x")),
			"is_numbers"},
		"an archive of a table": {string(archive(t, "people.csv", "E-mail\na@x.test\n")),
			"not_workbook"},
		"an empty archive": {"PK\x05\x06" + strings.Repeat("\x00", 18), "not_workbook"},
	} {
		_, err := openBytes([]byte(c.in))
		t.Log(name)
		refusedAs(t, err, c.key)
	}
}

func TestTablesThatBeginOddlyAreStillTables(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"<ada@x.test>\nbob@x.test\n", "ID;Prénom;Nom;E-mail\n", "BM,Ann,ann@x.test\n",
		"II,Ann,ann@x.test\n", "PK,Ann,ann@x.test\n",
		"{Doe},Ann,ann@x.test\n", "[Doe],Ann,ann@x.test\n", "Table 1\nE-mail,Nom\nann@x.test,Doe\n",
		"Received,Ann,ann@x.test\n", "%PDF,Ann,ann@x.test\n",
		"GIF,Ann,ann@x.test\n", "MM,Ann,ann@x.test\n",
	} {
		if _, err := all([]byte(in)); err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
}
