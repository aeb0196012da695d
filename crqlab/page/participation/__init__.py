"""The section of participation: who was asked, who answered, who is silent, on whom it hangs."""
