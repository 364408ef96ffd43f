"""Units, people, places and areas in the browser.

These are pages over the foundation's queries and operations, in the workbench's frame.
"""
