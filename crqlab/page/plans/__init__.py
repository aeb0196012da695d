"""Plans of key accounts: where one stands, who is heard, what was agreed, what comes next."""
