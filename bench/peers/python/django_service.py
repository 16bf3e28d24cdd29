"""Django REST framework with Django's own sessions in SQLite. PEER_FOLDER says where the database is."""

import os

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="a-sail-on-the-horizon",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(os.environ["PEER_FOLDER"], "django.db"),
            # A connection for each request would be slower.
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "rest_framework",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]},
)
django.setup()

from django.contrib.auth import authenticate, login  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from rest_framework.authentication import SessionAuthentication  # noqa: E402
from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Session(SessionAuthentication):
    """Says 401 where nobody is logged in; without a scheme to name, the framework would say 403."""

    def authenticate_header(self, request):
        return "Session"


class Me(APIView):
    """A small answer, as an API gives it."""

    authentication_classes = [Session]
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"id": 7, "name": "Anna", "group": "a"})


@csrf_exempt
def log_in(request):
    """Begins a session, where name and password are right."""
    user = authenticate(request, username=request.POST.get("login"), password=request.POST.get("password"))
    if user is None:
        return HttpResponse(status=401)
    login(request, user)
    return HttpResponse(status=204)


urlpatterns = [path("me", Me.as_view()), path("login", log_in)]
application = get_wsgi_application()


def prepare():
    """Makes the tables and the only user."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    User.objects.create_user("anna", password="a quiet sea at night")


if __name__ == "__main__":
    prepare()
