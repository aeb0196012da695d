"""How the manual is laid out (``make docs``)."""

from __future__ import annotations

from pathlib import Path

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml

project = "crqlab"
copyright = "the crqlab authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "howto/README.md"]
html_theme = "furo"
html_title = "crqlab"
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
html_css_files = ["manual.css"]
html_js_files = ["manual.js"]
html_search_scorer = str(Path(__file__).parent / "_static" / "scorer.js")
html_static_path = ["_static"]
myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
default_role = "code"
#: Types of parameters are words of ours ('DataFrame', 'table'), which may be names of two things.
suppress_warnings = ["ref.python"]


def _inline(translator, node):
    translator.body.append(tex2mathml(node.astext(), as_block=False))
    raise SkipNode


def _block(translator, node):
    translator.body.append(tex2mathml(node.astext(), as_block=True))
    raise SkipNode


def setup(app):
    """Write equations as MathML, which browsers draw by themselves, also offline."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
