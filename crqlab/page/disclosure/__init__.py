"""What a client's files tell together: numbers as statements, and what follows from all of them."""
