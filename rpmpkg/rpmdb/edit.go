package rpmdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtag"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// editor changes the tables of a database inside one transaction.
type editor struct {
	tx     *sql.Tx
	path   string // for messages
	tables []table
	insert []*sql.Stmt // of tables
}

func newEditor(tx *sql.Tx, path string) *editor {
	return &editor{tx: tx, path: path, tables: tables()}
}

func (e *editor) apply(ctx context.Context, c *Changes) error {
	later, err := e.makeTables(ctx)
	if err != nil {
		return err
	}
	if err := e.remove(ctx, c.Remove); err != nil {
		return err
	}
	for i := range c.Add {
		if err := e.add(ctx, c, &c.Add[i]); err != nil {
			name, _ := c.Add[i].Header.NEVRA()
			return fmt.Errorf("add %s: %w", name, err)
		}
	}
	return e.exec(ctx, later...)
}

func (e *editor) exec(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := e.tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// makeTables creates the tables that the database does not have, prepares their statements, and gives the
// statements for their indexes: an index is made faster when its table is full.
func (e *editor) makeTables(ctx context.Context) (later []string, err error) {
	have, err := e.names(ctx)
	if err != nil {
		return nil, err
	}
	if !have["Packages"] {
		if err := e.exec(ctx, createPackages); err != nil {
			return nil, err
		}
	}
	for i := range e.tables {
		t := &e.tables[i]
		if !have[t.name] {
			if err := e.exec(ctx, t.create()); err != nil {
				return nil, err
			}
			later = append(later, t.indexes()...)
		}
		stmt, err := e.tx.PrepareContext(ctx, "INSERT INTO '"+t.name+"' (key, hnum, idx) VALUES (?, ?, ?)")
		if err != nil {
			return nil, err
		}
		e.insert = append(e.insert, stmt)
		if have["Packages"] && !have[t.name] {
			if err := e.fill(ctx, i); err != nil {
				return nil, err
			}
		}
	}
	return later, nil
}

func (e *editor) names(ctx context.Context) (map[string]bool, error) {
	rows, err := e.tx.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'table'")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	have := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		have[name] = true
	}
	return have, rows.Err()
}

// fill writes the rows of all packages into a table that a base made by an older rpm does not have.
func (e *editor) fill(ctx context.Context, i int) error {
	var all []Entry
	for entry, err := range entries(ctx, e.tx, e.path, "SELECT hnum, blob FROM Packages ORDER BY hnum") {
		if err != nil {
			return err
		}
		all = append(all, entry)
	}
	for _, entry := range all {
		if err := e.index(ctx, i, int64(entry.Num), entry.Header); err != nil {
			return err
		}
	}
	return nil
}

// index writes the rows of one package into table i.
func (e *editor) index(ctx context.Context, i int, hnum int64, h *rpmpkg.Header) error {
	t := &e.tables[i]
	rows, err := t.rows(h, t)
	if err != nil {
		return err
	}
	for _, r := range rows {
		var key any = r.key
		if t.blob {
			key = []byte(r.key)
		}
		if _, err := e.insert[i].ExecContext(ctx, key, hnum, int64(r.idx)); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

// add records a package as installed.
func (e *editor) add(ctx context.Context, c *Changes, p *Package) error {
	blob, err := c.blob(p)
	if err != nil {
		return err
	}
	h, err := rpmpkg.ParseBlob(blob)
	if err != nil {
		return err
	}
	res, err := e.tx.ExecContext(ctx, "INSERT INTO Packages (blob) VALUES (?)", blob)
	if err != nil {
		return err
	}
	hnum, err := res.LastInsertId()
	if err != nil {
		return err
	}
	for i := range e.tables {
		if err := e.index(ctx, i, hnum, h); err != nil {
			return err
		}
	}
	return nil
}

// blob makes the installed header of a package.
func (c *Changes) blob(p *Package) ([]byte, error) {
	tid := c.TID
	if tid == 0 {
		tid = uint32(c.InstallTime.Unix())
	}
	adds := append(mergedSignatures(p.Header, p.Signature),
		newUint32(rpmtag.InstallTime, uint32(c.InstallTime.Unix())),
		newUint32(rpmtag.InstallColor, c.Color),
		newUint32(rpmtag.InstallTID, tid))
	n := max(p.Header.Count(rpmtag.Basenames), p.Header.Count(rpmtag.OldFilenames))
	if p.FileStates != nil && len(p.FileStates) != n {
		return nil, fmt.Errorf("%d file states for %d files", len(p.FileStates), n)
	}
	if n > 0 {
		states := make([]byte, n)
		for i, s := range p.FileStates {
			states[i] = byte(s)
		}
		adds = append(adds, addition{rpmtag.FileStates, rpmtag.TypeChar, n, states})
	}
	return installedBlob(p.Header, adds)
}

// remove takes packages out of all tables. All packages that are not installed are named in one error.
func (e *editor) remove(ctx context.Context, list []rpmver.NEVRA) error {
	var missing []error
	for _, n := range list {
		numbers, err := e.find(ctx, n)
		if err != nil {
			return err
		}
		if len(numbers) == 0 {
			missing = append(missing, fmt.Errorf("remove %s: not installed: %w", n, fs.ErrNotExist))
		}
		for _, hnum := range numbers {
			if err := e.removeNumber(ctx, hnum); err != nil {
				return fmt.Errorf("remove %s: %w", n, err)
			}
		}
	}
	return errors.Join(missing...)
}

func (e *editor) find(ctx context.Context, n rpmver.NEVRA) ([]uint32, error) {
	const query = "SELECT hnum, blob FROM Packages WHERE hnum IN (SELECT hnum FROM Name WHERE key = ?) ORDER BY hnum"
	var numbers []uint32
	for entry, err := range entries(ctx, e.tx, e.path, query, n.Name) {
		if err != nil {
			return nil, err
		}
		have, err := entry.Header.NEVRA()
		if err != nil {
			return nil, err
		}
		if have == n {
			numbers = append(numbers, entry.Num)
		}
	}
	return numbers, nil
}

func (e *editor) removeNumber(ctx context.Context, hnum uint32) error {
	for i := range e.tables {
		if _, err := e.tx.ExecContext(ctx, "DELETE FROM '"+e.tables[i].name+"' WHERE hnum = ?", int64(hnum)); err != nil {
			return err
		}
	}
	_, err := e.tx.ExecContext(ctx, "DELETE FROM Packages WHERE hnum = ?", int64(hnum))
	return err
}
