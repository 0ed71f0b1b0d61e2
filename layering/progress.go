package layering

// Progress tells what long work is doing. Reports come from one goroutine at a time.
type Progress struct {
	Task        string // as the rpm-ostree command words it: "Importing packages"
	Done, Total int64  // units of the task; Total 0 means unknown
	Detail      string // what is being worked on, may be empty
}
