"""What readers see: the only floor that draws, rounds or colours."""
