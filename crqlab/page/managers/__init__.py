"""The section of account managers: what each of them has to look after."""
