"""The web application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie.config.settings")
django = get_wsgi_application()  # the front needs Django to be ready

from kexie.api import front  # noqa: E402

application = front.before(django)
