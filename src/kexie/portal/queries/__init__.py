"""What the public pages read. Everything takes the visitor's Scope and answers with plain values.

Only confirmed records and announcements are shown, and no figure's rows: those stay subject to access.
"""
