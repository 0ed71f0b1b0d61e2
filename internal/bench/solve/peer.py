# The libsolv side of the measurement: reads repositories, then answers one
# line "layer|plain SPEC ..." after the other with milliseconds and the number
# of packages, or of problems as a negative number.
import os, sys, time
import solv

pool = solv.Pool()
pool.setdisttype(solv.Pool.DISTTYPE_RPM)
pool.setarch("x86_64")
pool.set_flag(solv.Pool.POOL_FLAG_IMPLICITOBSOLETEUSESCOLORS, 1)
start = time.perf_counter()
for arg in sys.argv[1:]:
    name, path = arg.split("=", 1)
    repo = pool.add_repo(name)
    f = solv.xfopen(path)
    repo.add_rpmmd(f, None, 0)
    f.close()
loaded = time.perf_counter() - start
start = time.perf_counter()
pool.addfileprovides()
pool.createwhatprovides()
print("%.3f %.3f" % (loaded * 1e3, (time.perf_counter() - start) * 1e3), flush=True)
for line in sys.stdin:
    jobs = []
    for spec in line.split():
        sel = pool.select(spec, solv.Selection.SELECTION_NAME | solv.Selection.SELECTION_PROVIDES | solv.Selection.SELECTION_DOTARCH)
        jobs += sel.jobs(solv.Job.SOLVER_INSTALL)
    start = time.perf_counter()
    solver = pool.Solver()
    problems = solver.solve(jobs)
    for p in problems:
        for s in p.solutions():
            s.elements()
    n = -len(problems) if problems else len(solver.transaction().newsolvables())
    print("%.3f %d" % ((time.perf_counter() - start) * 1e3, n), flush=True)
