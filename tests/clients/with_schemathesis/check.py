"""Runs Schemathesis over the pack's document, as the provider behaves and in strict mode, a line per operation."""

import base64
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from counterpart import serving

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[2] / "specs" / "zendesk" / "openapi.yaml"
LOGIN = base64.b64encode(b"admin@example.com/token:mock-token").decode()
# What the pack serves and these checks cover; widen it by further tags.
TAGS = ["Organizations", "Job Statuses"]
RUNS = {"as-provider": [], "strict": ["--strict"]}
WITHIN = 300


def main():
    wrong = [name for name, flags in RUNS.items() if not run(name, flags)]
    sys.exit(1 if wrong else 0)


def run(name, flags):
    with tempfile.TemporaryDirectory() as folder, serving("zendesk", *flags) as url:
        report = Path(folder) / "report.xml"
        schemathesis = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml",
                "run", DOCUMENT, "--url", url, "--header", f"Authorization: Basic {LOGIN}",
                *(word for tag in TAGS for word in ("--include-tag", tag)),
                "--report", "junit", "--report-junit-path", report, "--no-color",
            ],
            cwd=folder, env={**os.environ, "SCHEMATHESIS_RUN": name, "PYTHONPATH": str(HERE), "PYTHONHASHSEED": "0"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=WITHIN,
        )
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    for case in cases:
        problems = [problem for problem in case if problem.tag in ("failure", "error")]
        print("FAIL" if problems else "ok  ", f"schemathesis: {name} {case.get('name')}")
        for problem in problems:
            print(problem.text)
    good = schemathesis.returncode == 0 and bool(cases)
    if not good and not any(len(case) for case in cases):
        print(f"FAIL schemathesis: {name}\n{schemathesis.stdout}")
    sys.stdout.flush()
    return good


main()
