"""The section of comments: what people wrote, by theme and by question."""
