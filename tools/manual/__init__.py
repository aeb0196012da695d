"""The manual as a site of plain files: reference pages made from the code, and Sphinx's build.

python -m tools.manual            writes docs/reference and docs/_build/html
python -m tools.manual --pages    writes docs/reference alone
"""
