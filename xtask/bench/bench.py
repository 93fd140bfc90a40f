"""How long everything takes, measured as a user sees it: whole processes, against what the machine itself needs.

`cargo xtask bench` starts it, with the built command as the first argument.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

import workspace

# Configs, and rounds that are counted.
SIZES = {100: 15, 1_000: 9, 10_000: 5}
# A day on which nothing in the workspaces is out of support.
TODAY = "2026-01-15"
# The ratios of an earlier run: times differ from machine to machine, ratios hardly.
STORED = pathlib.Path(__file__).with_name("baseline.json")
# How much worse a ratio may be before it counts; disks and neighbours make noise.
TOLERANCE = 1.35

COLD = "generate, cold"
UNCHANGED = "generate, nothing changed"
ONE = "generate, one changed"
CHECK_TREE = "generate --check"
CHECK = "check"
PREVIEW = "preview, one unit"
DIFF_ONE = "diff --base, one changed"
DIFF_ALL = "diff --base, all changed"
AFFECTED = "affected --base, one changed"
LIST = "list"
LIST_JSON = "list --format json"
REPORT = "report"
COPY = "cp -r of the roots"
COMPARE = "diff -rq of the roots"
READ = "cat of the configs"
STAT = "git diff --stat, one changed"
SCRIPT = "PyYAML and Jinja2"

# Each subject, what it is measured against, and the most that the design allows for 10,000 configs.
RATIOS = [
    (COLD, COPY, 1.5),
    (COLD, SCRIPT, 0.5),
    (UNCHANGED, COMPARE, 1.0),
    (ONE, COMPARE, None),
    (CHECK_TREE, COMPARE, None),
    (CHECK, READ, None),
    (PREVIEW, READ, None),
    (LIST, CHECK, None),
    (LIST_JSON, CHECK, None),
    (REPORT, CHECK, None),
    (UNCHANGED, SCRIPT, 0.5),
    (AFFECTED, STAT, 4.0),
    (DIFF_ONE, STAT, 8.0),
    (DIFF_ALL, READ, None),
    (DIFF_ALL, SCRIPT, None),
]


class Sample(NamedTuple):
    """What a process took: seconds, seconds of all its threads, and bytes at its peak, or those of this process when they
    are more."""

    wall: float
    cpu: float
    peak: int


def run(command, **environment):
    """Runs a command to its end, its output thrown away."""
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
    command = [str(word) for word in command]
    begin = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ | environment, file_actions=silent)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    if status:
        sys.exit(f"$ {' '.join(command[:9])}\nended with {os.waitstatus_to_exitcode(status)}")
    return Sample(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


class Bench:
    """A workspace to measure in."""

    def __init__(self, valet_rds, folder, configs):
        self.valet_rds, self.configs = valet_rds, configs
        # What looks like roots stays outside the workspace: in it, it would be roots that have moved.
        self.folder, self.aside, self.copy, self.script = (
            folder / name for name in ("workspace", "aside", "copy", "script")
        )
        self.generated = self.folder / "generated"
        shutil.rmtree(folder, ignore_errors=True)
        workspace.write(self.folder, configs)

    def valet(self, *arguments):
        return [self.valet_rds, "--workspace", self.folder, "--today", TODAY, *arguments]

    def render(self):
        return [sys.executable, pathlib.Path(__file__).with_name("yardstick.py"), self.folder, self.script]

    def put_aside(self, tree, when):
        """Deleting it now would be in the way of what is measured next: ext4 is slow to make files while it remembers
        deleted ones."""
        if tree.is_dir():
            self.aside.mkdir(exist_ok=True)
            tree.rename(self.aside / f"{tree.name}-{when}")

    def compare_bytes(self):
        """The output is the same for any number of threads, for configs that were made in the opposite order, and for
        the script, which leaves out only what the units of an environment share."""
        run(self.valet("generate"))
        self.generated.rename(self.copy)
        for threads in ["1", "2", "8"]:
            run(self.valet("generate"), RAYON_NUM_THREADS=threads)
            self.compare(self.copy)
            self.put_aside(self.generated, f"threads-{threads}")
        self.put_aside(self.folder / "configs", "in-order")
        workspace.write(self.folder, self.configs, in_order=False)
        run(self.valet("generate"))
        self.compare(self.copy)
        run(self.render())
        self.compare(self.script)
        for tree in [self.generated, self.copy, self.script]:
            self.put_aside(tree, "same")

    def compare(self, other):
        command = ["diff", "-r", "--exclude=_environment", self.generated, other]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        if found.returncode:
            sys.exit(f"`generate` and {other.name} differ:\n{found.stdout[:2000]}{found.stderr}")

    def measure(self, subjects, rounds):
        """Round by round, after one round that is not counted."""
        samples = {name: [] for name in subjects}
        for number in range(rounds + 1):
            for name, prepare in subjects.items():
                sample = run(prepare(number))
                if number > 0:
                    samples[name].append(sample)
        return samples

    def measure_all(self, rounds):
        """In the order of one round: each stands next to its yardstick."""
        configs = sorted((self.folder / "configs").glob("*/*.yaml"))
        samples = self.measure(
            {
                SCRIPT: lambda number: self.put_aside(self.script, number) or self.render(),
                COLD: lambda number: self.put_aside(self.generated, number) or self.valet("generate"),
                COPY: lambda number: self.put_aside(self.copy, number) or ["cp", "-r", self.generated, self.copy],
                UNCHANGED: lambda _: self.valet("generate"),
                COMPARE: lambda _: ["diff", "-rq", self.generated, self.copy],
                CHECK_TREE: lambda _: self.valet("generate", "--check"),
                CHECK: lambda _: self.valet("check"),
                READ: lambda _: ["cat", self.folder / "valet.yaml", *configs],
                PREVIEW: lambda _: self.valet("preview", workspace.UNIT),
                LIST: lambda _: self.valet("list"),
                LIST_JSON: lambda _: self.valet("list", "--format", "json"),
                REPORT: lambda _: self.valet("report"),
                ONE: self.change_one,
            },
            rounds,
        )
        # Configs and roots, as a commit.
        author = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
        commit = [*author, "commit", "--quiet", "--message", "Configs and roots"]
        for arguments in [["init", "--quiet"], ["add", "."], commit]:
            subprocess.run(["git", "-C", self.folder, *arguments], check=True)
        return samples | self.measure(
            {
                DIFF_ONE: self.diff_one,
                AFFECTED: lambda _: self.valet("affected", "--base", "HEAD"),
                STAT: lambda _: ["git", "-C", self.folder, "diff", "--stat", "HEAD"],
                DIFF_ALL: self.diff_all,
            },
            rounds,
        )

    def change(self, file, old, new):
        path = self.folder / file
        path.write_text(path.read_text().replace(old, new))

    def change_one(self, number):
        """Each round writes another size, so that there is always something to do; the copy of the roots stays out of
        it."""
        path = self.folder / workspace.CONFIG
        _, rest = path.read_text().split("\n", 1)
        path.write_text(f'allocatedStorage: "{60 + number}"\n{rest}')
        return self.valet("generate")

    def diff_one(self, _):
        """One root differs from the commit, whatever the round before left."""
        self.change("valet.yaml", "cost-center: data", "cost-center: storage")
        self.change(workspace.CONFIG, "backupWindow: 16:00-17:00", "backupWindow: 02:00-03:00")
        run(self.valet("generate"))
        return self.valet("diff", "--base", "HEAD")

    def diff_all(self, _):
        self.change("valet.yaml", "cost-center: storage", "cost-center: data")
        run(self.valet("generate"))
        return self.valet("diff", "--base", "HEAD")


def summary(samples):
    """Medians in seconds, half of the distance between the quartiles as a part of the median, and the highest peak."""
    walls = [sample.wall for sample in samples]
    low, wall, high = statistics.quantiles(walls, n=4, method="inclusive")
    cpu = statistics.median(sample.cpu for sample in samples)
    peak = max(sample.peak for sample in samples)
    return {"wall_s": wall, "spread": (high - low) / 2 / wall, "cpu_s": cpu, "peak_bytes": peak}


def ratios(measured):
    """Every ratio by size and name, and how the time of the largest size grew from the one before."""
    found = {}
    for configs, subjects in measured.items():
        for name, yardstick, _ in RATIOS:
            found[f"{configs}: {name} / {yardstick}"] = subjects[name]["wall_s"] / subjects[yardstick]["wall_s"]
    small, large = list(measured)[-2:]
    for name in [COLD, UNCHANGED, CHECK]:
        growth = measured[large][name]["wall_s"] / measured[small][name]["wall_s"]
        found[f"{name}: {large} / {small} configs"] = growth
    return {name: round(ratio, 3) for name, ratio in found.items()}


def show(configs, subjects):
    print(f"\n{f'{configs} configs':<26} {'wall':>10} {'spread':>7} {'cpu':>10} {'peak':>9}")
    for name, one in subjects.items():
        print(
            f"{name:<26} {one['wall_s'] * 1e3:>7.1f} ms {one['spread']:>7.0%} {one['cpu_s'] * 1e3:>7.1f} ms"
            f" {one['peak_bytes'] / 1e6:>6.1f} MB"
        )


def show_targets(measured, found):
    """One line for each promise of the design, and whether it holds."""
    full = measured[max(SIZES)]
    promises = [(f"{max(SIZES)}: {name} / {yardstick}", most) for name, yardstick, most in RATIOS if most]
    growths = [name for name in found if name.endswith(" configs")]
    peak = max(full[name]["peak_bytes"] for name in [COLD, UNCHANGED, ONE, CHECK_TREE, CHECK])
    for what, value, most in [
        *((name, found[name], most) for name, most in promises),
        *((name, found[name], 11) for name in growths),
        ("peak memory in MB", peak / 1e6, 100),
        (f"{PREVIEW}, in ms", full[PREVIEW]["wall_s"] * 1e3, 10),
        (f"{LIST}, in s", full[LIST]["wall_s"], 1),
        (f"{LIST_JSON}, in s", full[LIST_JSON]["wall_s"], 1),
        (f"{REPORT}, in s", full[REPORT]["wall_s"], 3),
    ]:
        print(f"{'holds' if value <= most else 'MISSED':<7} {what}: {value:.2f}, at most {most}")


def machine():
    """Cores and memory, and how busy it is, for a reader who doubts the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, load {os.getloadavg()[0]:.2f}"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("valet_rds", type=pathlib.Path)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--bless", action="store_true")
    arguments.add_argument("--smoke", action="store_true")
    options = arguments.parse_args()

    measured = {}
    print(machine())
    for configs, rounds in ({100: 2} if options.smoke else SIZES).items():
        bench = Bench(options.valet_rds.resolve(), options.folder.resolve(), configs)
        bench.compare_bytes()
        measured[configs] = {name: summary(samples) for name, samples in bench.measure_all(rounds).items()}
        show(configs, measured[configs])
        shutil.rmtree(bench.folder)
    print(machine())
    if options.smoke:
        return
    found = ratios(measured)
    print("\n" + "\n".join(f"{ratio:>8.2f}  {name}" for name, ratio in found.items()) + "\n")
    show_targets(measured, found)
    result = {"machine": machine(), "sizes": measured, "ratios": found}
    options.folder.with_suffix(".json").write_text(json.dumps(result, indent=2) + "\n")
    if options.bless:
        STORED.write_text(json.dumps(found, indent=2) + "\n")
        return
    stored = json.loads(STORED.read_text())
    worse = [name for name in found.keys() & stored.keys() if found[name] > stored[name] * TOLERANCE]
    if worse:
        lines = [f"{name}: {found[name]:.2f}, was {stored[name]:.2f}" for name in sorted(worse)]
        sys.exit("\n".join([f"slower than in {STORED.name}:", *lines]))
    print(f"{len(found)} ratios, none much worse than in {STORED.name}")


if __name__ == "__main__":
    main()
