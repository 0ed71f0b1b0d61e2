# The libsolv side: loads .solv files and does what is asked; prints the
# processor time in milliseconds and the number of packages.
import sys, time
import solv

start = time.process_time()
pool = solv.Pool()
pool.setdisttype(solv.Pool.DISTTYPE_RPM)
pool.setarch("x86_64")
pool.set_flag(solv.Pool.POOL_FLAG_IMPLICITOBSOLETEUSESCOLORS, 1)


def load(path):
    repo = pool.add_repo(path)
    f = solv.xfopen(path)
    if not repo.add_solv(f, 0):
        sys.exit("cannot load " + path)
    f.close()
    return repo


repo = load(sys.argv[2])
if sys.argv[1] == "layer":
    installed = load(sys.argv[3])
    pool.installed = installed
pool.addfileprovides()
pool.createwhatprovides()
count = repo.nsolvables
if sys.argv[1] == "layer":
    jobs = [pool.Job(solv.Job.SOLVER_LOCK | solv.Job.SOLVER_SOLVABLE_REPO, installed.id)]
    how = solv.Selection.SELECTION_NAME | solv.Selection.SELECTION_PROVIDES | solv.Selection.SELECTION_DOTARCH
    for spec in sys.argv[4:]:
        jobs += pool.select(spec, how).jobs(solv.Job.SOLVER_INSTALL)
    solver = pool.Solver()
    if solver.solve(jobs):
        sys.exit("cannot be solved")
    new = solver.transaction().newsolvables()
    for s in new:
        if not s.lookup_location()[0]:
            sys.exit("no location")
    count = len(new)
print("%.3f %d" % ((time.process_time() - start) * 1e3, count))
