"""The report's notebook, run in this process: as a kernel would, in a tenth of the time."""

from __future__ import annotations

import ast
import contextlib
import io
from pathlib import Path

import nbformat
from nbformat.v4 import new_output

REPORT = Path(__file__).parents[2] / "notebooks" / "90_report.ipynb"


def executed(study, **parameters):
    """Return the report's notebook as papermill would, with outputs."""
    return ran(study, **parameters)[0]


def ran(study, **parameters):
    """Return the report's notebook with outputs, and what its names stand for at the end."""
    notebook = nbformat.read(REPORT, as_version=4)
    names = {}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code):
        cell.outputs = _outputs(cell.source, names)
        if number == 0:
            names.update(parameters)
        if number == 1:
            names["crq"] = _at(study, names["crq"])
    return notebook, names


def _at(study, crq):
    """The package, with every study at this study's root."""

    class Here:
        Study = staticmethod(lambda name: type(study)(name, root=study.root))

        def __getattr__(self, name):
            return getattr(crq, name)

    return Here()


def _outputs(source, names):
    *body, last = ast.parse(source).body
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "cell", "exec"), names)
        if not isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), "cell", "exec"), names)
            return []
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    outputs = [new_output("stream", text=printed.getvalue())] if printed.getvalue() else []
    if value is None:
        return outputs
    data = {"text/plain": repr(value)}
    if hasattr(value, "_repr_html_"):
        data["text/html"] = value._repr_html_()
    return [*outputs, new_output("execute_result", data)]
