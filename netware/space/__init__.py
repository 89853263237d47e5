"""Where agents are: boxes, headings, and who is near."""
