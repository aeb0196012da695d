"""CSV files and workbooks as grids of text, and what their cells say."""
