package repodata

import (
	"io"
	"strconv"
)

// Encode writes the index as a repomd.xml.
func (m *Repomd) Encode(out io.Writer) error {
	w := newXMLWriter(out)
	w.raw(xmlHeader, "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\" xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\">\n")
	w.element("  ", "revision", m.Revision)
	m.encodeTags(w)
	for i := range m.Data {
		m.Data[i].encode(w)
	}
	w.raw("</repomd>\n")
	return w.finish()
}

func (m *Repomd) encodeTags(w *xmlWriter) {
	if len(m.ContentTags)+len(m.RepoTags)+len(m.DistroTags) == 0 {
		return
	}
	w.raw("  <tags>\n")
	for _, t := range m.ContentTags {
		w.element("    ", "content", t)
	}
	for _, t := range m.RepoTags {
		w.element("    ", "repo", t)
	}
	for _, t := range m.DistroTags {
		id := ""
		if t.CPEID != "" {
			id = " cpeid=\"" + escAttr(t.CPEID) + "\""
		}
		w.raw("    <distro", id, ">", escText(t.Name), "</distro>\n")
	}
	w.raw("  </tags>\n")
}

func (d *Data) encode(w *xmlWriter) {
	w.raw("  <data type=\"", escAttr(d.Type), "\">\n")
	w.raw("    <checksum type=\"", string(d.Checksum.Algorithm()), "\">", d.Checksum.Encoded(), "</checksum>\n")
	if d.OpenChecksum != "" {
		w.raw("    <open-checksum type=\"", string(d.OpenChecksum.Algorithm()), "\">", d.OpenChecksum.Encoded(), "</open-checksum>\n")
	}
	w.raw("    <location href=\"", escAttr(d.Location), "\"/>\n")
	if !d.Timestamp.IsZero() {
		w.raw("    <timestamp>", seconds(d.Timestamp), "</timestamp>\n")
	}
	if d.Size > 0 {
		w.raw("    <size>", strconv.FormatInt(d.Size, 10), "</size>\n")
	}
	if d.OpenSize > 0 {
		w.raw("    <open-size>", strconv.FormatInt(d.OpenSize, 10), "</open-size>\n")
	}
	if d.DBVersion > 0 {
		w.raw("    <database_version>", strconv.Itoa(d.DBVersion), "</database_version>\n")
	}
	w.raw("  </data>\n")
}
