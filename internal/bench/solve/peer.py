# The libsolv side of the measurement: reads repositories, or a test case with
# what is beside it, then answers one line after the other with milliseconds of
# wall and processor time, the number of packages installed afterwards, or of
# problems as a negative number, and peak memory in MiB.
import ctypes, sys, time


def peak():
    with open("/proc/self/status") as f:
        return next(int(l.split()[1]) / 1024 for l in f if l.startswith("VmHWM:"))


def ready(loaded, indexed):
    print("%.3f %.3f" % (loaded * 1e3, indexed * 1e3), flush=True)


def answer(solve):
    wall, cpu = time.perf_counter(), time.process_time()
    n = solve()
    print("%.3f %.3f %d %.1f" % ((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3, n, peak()), flush=True)


def after(transaction):
    return len(transaction.newsolvables()) + len(transaction.keptsolvables())


def repositories(args):
    import solv

    pool = solv.Pool()
    pool.setdisttype(solv.Pool.DISTTYPE_RPM)
    pool.setarch("x86_64")
    pool.set_flag(solv.Pool.POOL_FLAG_IMPLICITOBSOLETEUSESCOLORS, 1)
    start = time.perf_counter()
    for arg in args:
        name, path = arg.split("=", 1)
        repo = pool.add_repo(name)
        f = solv.xfopen(path)
        repo.add_rpmmd(f, None, 0)
        f.close()
    loaded = time.perf_counter() - start
    start = time.perf_counter()
    pool.addfileprovides()
    pool.createwhatprovides()
    ready(loaded, time.perf_counter() - start)
    how = solv.Selection.SELECTION_NAME | solv.Selection.SELECTION_PROVIDES | solv.Selection.SELECTION_DOTARCH
    for line in sys.stdin:
        jobs = []
        for spec in line.split():
            jobs += pool.select(spec, how).jobs(solv.Job.SOLVER_INSTALL)

        def solve():
            solver = pool.Solver()
            problems = solver.solve(jobs)
            for p in problems:
                for s in p.solutions():
                    s.elements()
            return -len(problems) if problems else after(solver.transaction())

        answer(solve)


# A case is read by libsolv's own reader, which the Python module does not
# offer; the calls below are those of libsolv's C interface.
class Queue(ctypes.Structure):
    _fields_ = [("elements", ctypes.c_void_p), ("count", ctypes.c_int), ("alloc", ctypes.c_void_p), ("left", ctypes.c_int)]


def case(path):
    c = ctypes.CDLL(None)
    lib = ctypes.CDLL("libsolv.so.1", mode=ctypes.RTLD_GLOBAL)
    ext = ctypes.CDLL("libsolvext.so.1")
    ptr, num = ctypes.c_void_p, ctypes.c_int

    def function(where, name, result, *args):
        f = getattr(where, name)
        f.restype, f.argtypes = result, args
        return f

    start = time.perf_counter()
    pool = function(lib, "pool_create", ptr)()
    file = function(c, "fopen", ptr, ctypes.c_char_p, ctypes.c_char_p)(path.encode(), b"r")
    jobs, flags, want = Queue(), num(), ctypes.c_char_p()
    read = function(ext, "testcase_read", ptr, ptr, ptr, ctypes.c_char_p, ptr, ptr, ptr)
    first = read(pool, file, path.encode(), ctypes.byref(jobs), ctypes.byref(want), ctypes.byref(flags))
    if not first:
        sys.exit("cannot read " + path)
    loaded = time.perf_counter() - start
    start = time.perf_counter()
    function(lib, "pool_createwhatprovides", None, ptr)(pool)
    ready(loaded, time.perf_counter() - start)
    get_flag = function(lib, "solver_get_flag", num, ptr, num)
    set_flag = function(lib, "solver_set_flag", num, ptr, num, num)
    create = function(lib, "solver_create", ptr, ptr)
    run = function(lib, "solver_solve", num, ptr, ptr)
    free = function(lib, "solver_free", None, ptr)
    problems = function(lib, "solver_problem_count", ctypes.c_uint, ptr)
    solutions = function(lib, "solver_solution_count", ctypes.c_uint, ptr, num)
    transaction = function(lib, "solver_create_transaction", ptr, ptr)
    installed = function(lib, "transaction_installedresult", num, ptr, ptr)
    free_transaction = function(lib, "transaction_free", None, ptr)

    def solve():
        solver = create(pool)
        for f in range(1, 40):
            v = get_flag(first, f)
            if v >= 0:
                set_flag(solver, f, v)
        run(solver, ctypes.byref(jobs))
        n = -problems(solver)
        for p in range(1, 1 - n):
            solutions(solver, p)
        if not n:
            t = transaction(solver)
            after = Queue()
            installed(t, ctypes.byref(after))
            n = after.count
            free_transaction(t)
        free(solver)
        return n

    for line in sys.stdin:
        answer(solve)


if sys.argv[1].endswith(".t"):
    case(sys.argv[1])
else:
    repositories(sys.argv[1:])
