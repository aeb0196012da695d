"""Execute the committed notebooks on the demo again and keep them without images.

python tools/notebooks.py
"""

from __future__ import annotations

import sys

from crqlab.base.study import Study
from crqlab.report import refresh

if __name__ == "__main__":
    sys.exit(refresh(Study("demo"), print))
