"""Runs Schemathesis over the documents of the packs, as the provider behaves and in strict mode, a line per operation."""

import base64
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from counterpart import serving

HERE = Path(__file__).parent
SPECS = HERE.parents[2] / "specs"
PACKS = {
    "zendesk": "Basic " + base64.b64encode(b"admin@example.com/token:mock-token").decode(),
    "zammad": "Token token=mock-token",
}
RUNS = {"as-provider": [], "strict": ["--strict"]}
# Runs at the same time, each with a server of its own.
AT_ONCE = 2
WITHIN = 300


def main():
    pairs = [(pack, run) for pack in PACKS for run in RUNS]
    good = True
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for fine, lines in pool.map(lambda pair: check(*pair), pairs):
            print("\n".join(lines), flush=True)
            good = good and fine
    sys.exit(0 if good else 1)


def check(pack, run):
    """Whether all is well, and the lines that say so."""
    with tempfile.TemporaryDirectory() as folder, serving(pack, *RUNS[run]) as url:
        report = Path(folder) / "report.xml"
        schemathesis = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml",
                "run", SPECS / pack / "openapi.yaml", "--url", url, "--header", f"Authorization: {PACKS[pack]}",
                "--report", "junit", "--report-junit-path", report, "--no-color",
            ],
            cwd=folder,
            env={
                **os.environ, "SCHEMATHESIS_PACK": pack, "SCHEMATHESIS_RUN": run, "PYTHONPATH": str(HERE), "PYTHONHASHSEED": "0",
            },
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=WITHIN,
        )
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    lines = []
    for case in cases:
        problems = [problem for problem in case if problem.tag in ("failure", "error")]
        lines.append(f"{'FAIL' if problems else 'ok  '} schemathesis: {pack} {run} {case.get('name')}")
        lines += [problem.text for problem in problems]
    good = schemathesis.returncode == 0 and bool(cases)
    if not good and not any(len(case) for case in cases):
        lines.append(f"FAIL schemathesis: {pack} {run}\n{schemathesis.stdout}")
    return good, lines


main()
