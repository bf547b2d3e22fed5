"""Runs Schemathesis over the documents of the packs, as the provider behaves and in strict mode, and over documents without a pack;
a line per operation."""

import base64
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from counterpart import serving

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CREDENTIALS = {
    "zendesk": "Basic " + base64.b64encode(b"admin@example.com/token:mock-token").decode(),
    "zammad": "Token token=mock-token",
}
MODES = {"as-provider": [], "strict": ["--strict"]}
# Nothing is remembered without a pack, so that no request depends on another.
WITHOUT_STATE = ["--phases", "coverage,fuzzing", "--max-examples", "10"]
# Runs at the same time, each with a server of its own.
AT_ONCE = 2
WITHIN = 300


@dataclass
class Run:
    """One document against one server."""

    name: str
    mode: str
    document: Path
    served: list
    options: list


def runs():
    for pack, credentials in CREDENTIALS.items():
        document = ROOT / "specs" / pack / "openapi.yaml"
        for mode, flags in MODES.items():
            yield Run(pack, mode, document, [pack, *flags], ["--header", f"Authorization: {credentials}"])
    for document in sorted((ROOT / "tests" / "documents" / "varied").glob("*.yaml")):
        yield Run(document.stem, "alone", document, [str(document)], WITHOUT_STATE)


def main():
    good = True
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for fine, lines in pool.map(check, runs()):
            print("\n".join(lines), flush=True)
            good = good and fine
    sys.exit(0 if good else 1)


def check(run):
    """Whether all is well, and the lines that say so."""
    with tempfile.TemporaryDirectory() as folder, serving(*run.served) as url:
        report = Path(folder) / "report.xml"
        schemathesis = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml",
                "run", run.document, "--url", url, *run.options,
                "--report", "junit", "--report-junit-path", report, "--no-color",
            ],
            cwd=folder,
            env={
                **os.environ, "SCHEMATHESIS_PACK": run.name, "SCHEMATHESIS_RUN": run.mode, "PYTHONPATH": str(HERE),
                "PYTHONHASHSEED": "0",
            },
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=WITHIN,
        )
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    lines = []
    for case in cases:
        problems = [problem for problem in case if problem.tag in ("failure", "error")]
        lines.append(f"{'FAIL' if problems else 'ok  '} schemathesis: {run.name} {run.mode} {case.get('name')}")
        lines += [problem.text for problem in problems]
    good = schemathesis.returncode == 0 and bool(cases)
    if not good and not any(len(case) for case in cases):
        lines.append(f"FAIL schemathesis: {run.name} {run.mode}\n{schemathesis.stdout}")
    return good, lines


main()
