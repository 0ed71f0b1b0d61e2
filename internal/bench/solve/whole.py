# The libsolv side of one whole run: reads the .solv files of the repositories,
# which it makes the first time, makes the index, locks what is installed, adds
# packages. Prints milliseconds of wall and processor time, without the time for
# the interpreter to start, and the number of packages installed
# afterwards, and peak memory in MiB.
import os, sys, time
import solv


def peak():
    with open("/proc/self/status") as f:
        return next(int(l.split()[1]) / 1024 for l in f if l.startswith("VmHWM:"))


directory, specs, repos = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
wall, cpu = time.perf_counter(), time.process_time()
pool = solv.Pool()
pool.setdisttype(solv.Pool.DISTTYPE_RPM)
pool.setarch("x86_64")
pool.set_flag(solv.Pool.POOL_FLAG_IMPLICITOBSOLETEUSESCOLORS, 1)
for arg in repos:
    name, path = arg.split("=", 1)
    repo = pool.add_repo(name)
    cache = os.path.join(directory, name + ".solv")
    if os.path.exists(cache):
        f = solv.xfopen(cache)
        repo.add_solv(f)
    else:
        f = solv.xfopen(path)
        repo.add_rpmmd(f, None, 0)
        f.close()
        f = solv.xfopen(cache, "w")
        repo.write(f)
    f.close()
    if name == "@System":
        pool.installed = repo
pool.addfileprovides()
pool.createwhatprovides()
jobs = [pool.Job(solv.Job.SOLVER_LOCK | solv.Job.SOLVER_SOLVABLE, s.id) for s in pool.installed.solvables]
jobs += [pool.Job(solv.Job.SOLVER_INSTALL | solv.Job.SOLVER_SOLVABLE_NAME, pool.str2id(s)) for s in specs]
solver = pool.Solver()
for flag in ("KEEP_ORPHANS", "BEST_OBEY_POLICY", "YUM_OBSOLETES"):
    solver.set_flag(getattr(solver, "SOLVER_FLAG_" + flag), 1)
problems = solver.solve(jobs)
for p in problems:
    print(p, file=sys.stderr)
t = None if problems else solver.transaction()
n = len(t.newsolvables()) + len(t.keptsolvables()) if t else -len(problems)
print("%.3f %.3f %d %.1f" % ((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3, n, peak()), flush=True)
sys.stdout.flush()
os._exit(0)
