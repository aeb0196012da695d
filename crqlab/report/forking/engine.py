"""papermill's way into a forked shell, known to it as ``crqlab-fork``.

papermill imports this module whenever it is imported itself, before it is complete: nothing here
may import papermill, or anything heavy, until a notebook runs.
"""

from __future__ import annotations

from typing import Any


class ForkEngine:
    """Runs cells in a bare shell forked from the prepared process.

    For notebooks that keep to Python and to pictures and tables: there is no kernel, so no
    widgets, no ``input()``. Where forking is not safe a plain kernel runs the cells.
    """

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Run all cells, as papermill's own engine does."""
        from crqlab.report.forking.cells import engine

        return engine().execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Return the kernel that stands in where forking is not safe."""
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Return the language of the notebook."""
        from papermill.utils import nb_language

        return nb_language(nb, language)
