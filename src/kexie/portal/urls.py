"""Addresses of the public site."""

from django.urls import path

from kexie.portal.views import lists, pages

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("museums/", lists.show_museums, name="museums"),
    path("activities/", lists.show_activities, name="activities"),
    path("activities/<uuid:key>/", lists.show_activity, name="activity"),
    path("facilities/", lists.show_facilities, name="facilities"),
    path("facilities/<uuid:key>/", lists.show_facility, name="facility"),
    path("contests/", lists.show_contests, name="contests"),
    path("contests/<uuid:key>/", lists.show_contest, name="contest"),
    path("services/", pages.show_services, name="services"),
    path("services/<slug:slug>/", pages.show_service, name="service"),
    path("site-map/", pages.site_map, name="site-map"),
    path("about/", pages.about, name="about"),
]
