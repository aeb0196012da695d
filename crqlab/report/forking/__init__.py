"""Processes that start ready: forked from one in which the imports are done.

`zygote` is the process that imports and forks, `calling` asks it, `provisioner` gives its
kernels to Jupyter, `engine` its bare shells to papermill. Where forking is not safe every caller
falls back to starting a process the plain way.
"""
