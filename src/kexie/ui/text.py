"""The type of a label: a string, or one that is translated when it is shown."""

from django.utils.functional import Promise

Text = str | Promise
