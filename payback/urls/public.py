"""Addresses of the public pages and of the journey, by host."""

from django.urls import URLPattern, URLResolver, path

from payback.views import nominating, status, tasks

everywhere: list[URLPattern | URLResolver] = [
    path("exit/", nominating.exit_page, name="exit_page"),
    path("payback/figures/", tasks.figures, name="payback_figures"),
    path("payback/figures.csv", tasks.figures_csv, name="payback_figures_csv"),
    path("payback/figures.json", tasks.figures_json, name="payback_figures_json"),
]
board_urlpatterns: list[URLPattern | URLResolver] = [
    *everywhere,
    path("payback/", tasks.task_list, name="task_list"),
    path("payback/map/", tasks.task_map, name="task_map"),
    path("payback/tasks/<str:reference>/", tasks.task, name="task"),
    path("payback/tasks/<str:reference>/support/", tasks.support, name="task_support"),
    path("payback/nominate/", nominating.nominate, name="nominate"),
    path("payback/nominate/photos/<uuid:pk>/", nominating.own_photo, name="own_photo"),
    path("payback/status/", status.status, name="payback_status"),
    path("payback/status/close/", status.close, name="payback_close"),
]
london_urlpatterns: list[URLPattern | URLResolver] = [
    *everywhere,
    path("payback/", tasks.which_borough, name="which_borough"),
]
