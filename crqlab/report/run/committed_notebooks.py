"""The notebooks in the repository: executed on the demo, without pictures."""

from __future__ import annotations

from collections.abc import Callable

from crqlab.base.study import Study, replace
from crqlab.report.run.execution import execute
from crqlab.report.run.journey import notebooks
from crqlab.report.run.notebook_files import cleaned, defaults


def refresh(study: Study, told: Callable[[str], None]) -> None:
    """Execute every shipped notebook with its defaults and keep its text and tables.

    Parameters
    ----------
    study : Study
        Finds the project; the notebooks themselves name the demo study.
    told : callable
        Hears one sentence for each notebook.
    """
    for path in notebooks(study):
        executed = cleaned(defaults(execute(path, {}, home=study.root)), images=False)
        import nbformat  # after a run, which has seen to it that this is quick

        replace(path, (nbformat.writes(executed).rstrip("\n") + "\n").encode())
        told(f"{path.name}: executed and kept")
