"""What the forkserver imports before it forks: the same as our prepared process."""

import gc

from crqlab.report.forking import roles
from crqlab.report.forking.preload import preload

preload()
roles.prepare()
gc.collect()
gc.freeze()
