"""What a prepared process has imported: what notebooks and their kernels need, and nothing run."""

from __future__ import annotations

import builtins
import contextlib
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules

import crqlab

LIBRARIES = """
numpy pandas pandas.plotting pyarrow pyarrow.parquet pyarrow.dataset pyarrow.compute pandera.pandas
pandera.backends.pandas.array pandera.backends.pandas.checks pandera.backends.pandas.components
pandera.backends.pandas.container pandera.backends.pandas.error_formatters
pandera.backends.pandas.hypotheses pandera.backends.pandas.register
pandera.accessors.pandas_accessor pandas.core.arrays.arrow.extension_types
pandas.core.reshape.reshape pandas.io.formats.html pandas.io.formats.string encodings.utf_8_sig
encodings.cp1252 scipy.stats scipy.optimize scipy.special scipy.linalg statsmodels.stats.multitest
matplotlib.pyplot matplotlib.backends.backend_agg seaborn PIL.PngImagePlugin
matplotlib_inline.backend_inline IPython.core.interactiveshell IPython.core.completerlib
ipykernel.kernelapp ipykernel.zmqshell ipykernel.ipkernel ipykernel.debugger IPython.core.magics
IPython.core.oinspect IPython.core.logger bdb comm joblib yaml pydantic babel jinja2 markdown_it
nbformat.v4 nbclient nbconvert.exporters papermill papermill.engines rich.progress
""".split()
#: Modules that change something at import, so that a notebook must import them itself.
_ACTIVE = ("crqlab.show.figures", "crqlab.cli")
#: Starts threads when it is imported; what uses it does without where it is not there.
_THREADED = ("polars",)


def preload() -> list[str]:
    """Import everything, and return what could not be imported."""
    lacking = []
    with _as_in_a_kernel():
        import pandas  # noqa: F401
    with _absent(_THREADED):
        for name in [*LIBRARIES, *_own()]:
            try:
                import_module(name)
            except Exception as error:  # noqa: BLE001 - a kernel without it is a kernel still
                lacking.append(f"{name}: {error}")
    return lacking


def _own(folders: Iterable[str] = crqlab.__path__, package: str = "crqlab.") -> Iterator[str]:
    for module in iter_modules(folders, package):
        if module.name.startswith(_ACTIVE) or "__main__" in module.name:
            continue
        yield module.name
        if module.ispkg and module.name in sys.modules:
            yield from _own(sys.modules[module.name].__path__, f"{module.name}.")


@contextlib.contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Let pandas see a kernel: it asks once, at import, how wide its tables may be."""

    class Shell:
        kernel = None

    builtins.get_ipython = Shell
    try:
        yield
    finally:
        del builtins.get_ipython


@contextlib.contextmanager
def _absent(names: tuple[str, ...]) -> Iterator[None]:
    """Let these packages look as if they were not installed; afterwards they may be imported."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
