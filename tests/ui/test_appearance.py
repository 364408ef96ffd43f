"""The reader's choices: kept in cookies, rendered by the server."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("cookies", "classes"),
    [
        ({}, ""),
        ({"kx_size": "large"}, "large"),
        ({"kx_theme": "dark", "kx_size": "large"}, "theme-dark large"),
        ({"kx_theme": "light"}, "theme-light"),
        ({"kx_theme": '"><script>'}, ""),
    ],
)
def test_the_first_byte_already_has_the_chosen_look(client, cookies, classes):
    client.cookies.load(cookies)
    assert f'class="{classes}">' in client.get("/about/").content.decode().split("<head>")[0]


def test_a_choice_is_kept_and_leads_back(client):
    response = client.post("/appearance/", {"size": "large", "theme": "sepia", "next": "/about/?q=1"})
    assert (response.status_code, response["Location"]) == (302, "/about/?q=1")
    assert response.cookies["kx_size"].value == "large"
    assert "kx_theme" not in response.cookies


def test_it_never_leads_to_another_site(client):
    assert client.post("/appearance/", {"next": "https://example.org/"})["Location"] == "/"


def test_the_language_is_kept(client):
    response = client.post("/appearance/", {"language": "en", "next": "/about/"})
    assert response.cookies["kexie_language"].value == "en"
    assert '<html lang="en"' in client.get("/about/").content.decode()


def test_looking_sets_no_cookie(client):
    assert not client.get("/about/").cookies
