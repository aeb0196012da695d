"""Work for many clients: which, in what order, what is kept, and the index of what there is."""
