"""The page of one client and wave: a folder for each section, small groups withheld."""
