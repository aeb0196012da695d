"""The arithmetic floor: pure functions that know no instrument."""
