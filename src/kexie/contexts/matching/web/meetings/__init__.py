"""Meetings: set-up, the timetable, the door, minutes; and the page of an invitation."""
