"""One notebook, executed, becomes one page; and the journey of stations that leads to it."""
