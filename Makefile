# Each target is one call of bootstrap.py, which also works where there is no make:
#   python3 bootstrap.py demo          (Windows: py bootstrap.py demo)
# Options go in ARGS: make test ARGS="-k nps"

PYTHON ?= python3
TARGETS := help demo lab test test-browser test-spark test-engines test-pythons test-newest test-lowest test-windowslike test-pages lint notebooks reference validate fuzz bench mutate docs install clean

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: $(TARGETS)

$(TARGETS):
	@$(PYTHON) bootstrap.py $@ $(ARGS)
