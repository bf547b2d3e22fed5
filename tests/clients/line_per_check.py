"""pytest's output as `run` counts it: a line per check, and the traceback below a failed one.

Used as `pytest -p line_per_check -p no:terminal`.
"""

import os

WHO = os.environ.get("CHECKS_OF", "pytest")


def pytest_runtest_logreport(report):
    name = f"{WHO}: {report.nodeid.split('/')[-1].replace('.py::check_', ' ')}"
    if report.failed:
        print(f"FAIL {name}" + ("" if report.when == "call" else f" ({report.when})"))
        print(report.longreprtext, flush=True)
    elif report.when == "call":
        print(f"ok   {name}", flush=True)


def pytest_collectreport(report):
    if report.failed:
        print(f"FAIL {WHO}: {report.nodeid} cannot be read\n{report.longreprtext}", flush=True)
