"""The benchmark of reporting runs small: whatever it compares is equal, and its table is printed."""

import runpy
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "reporting.py"


@pytest.mark.django_db
def test_the_benchmark_runs_small(capsys):
    runpy.run_path(str(BENCHMARK))["run"](sizes=(400,))
    told = capsys.readouterr().out
    for line in (
        "closing the year",
        "both returns",
        "restatement after 100 edits",
        "4 of 4 altered",
        "verifies file and proof",
    ):
        assert line in told
