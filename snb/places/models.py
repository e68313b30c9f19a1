"""Boroughs, wards, postcodes and boundaries: the project's own reference tables."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q

from snb.places.calculations import Tile
from snb.places.enums import ReferenceKind
from snb.privacy.enums import Privacy

SOURCE = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
    "Contains OS data © Crown copyright and database right."
)
POSTCODE_SOURCE = f"{SOURCE} Contains Royal Mail data © Royal Mail copyright and database right."
"""The credit lines that the two sources ask for; shown on the attributions page and under each map."""


class Borough(models.Model):
    """One of the 32 London boroughs, keyed by its GSS code (`E09…`)."""

    code = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)

    privacy = Privacy(public="code name slug", keep="Reference data, kept.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def hostname(self) -> str:
        """Host of this borough's site, without port."""
        return f"{self.slug}.{settings.PORTAL_DOMAIN}"

    def url(self, path: str = "/") -> str:
        """Absolute address of a path on this borough's site."""
        port = settings.PORTAL_NETLOC[len(settings.PORTAL_DOMAIN) :]
        return f"{settings.PORTAL_SCHEME}://{self.hostname}{port}{path}"

    @property
    def wards_url(self) -> str:
        """Absolute address of the list of its wards, from any site."""
        return self.url("/wards/")

    @cached_property
    def tiles(self) -> tuple[Tile, ...]:
        """Its tile map, by ward name; `queries.boroughs()` fills it for all boroughs in one query."""
        wards = Ward.objects.filter(borough=self).current().exclude(tile_q=None).exclude(tile_r=None)
        rows = wards.values_list("code", "name", "slug", "tile_q", "tile_r")
        return tuple(Tile(*row) for row in rows)  # type: ignore[arg-type]  # cells without a place are left out


class WardQuerySet(models.QuerySet["Ward"]):
    """Filters on wards."""

    def current(self) -> WardQuerySet:
        """Wards that exist today."""
        return self.filter(valid_to__isnull=True)


class Ward(models.Model):
    """An electoral ward, keyed by its GSS code (`E05…`). Names repeat across boroughs, not within one."""

    code = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80)
    borough = models.ForeignKey(Borough, models.PROTECT, related_name="wards")
    latitude = models.FloatField(help_text="Of the ward's centre, degrees, WGS84.")
    longitude = models.FloatField(help_text="Of the ward's centre, degrees, WGS84.")
    tile_q = models.SmallIntegerField(
        null=True, blank=True, help_text="Axial column of the ward's hexagon on its borough's tile map."
    )
    tile_r = models.SmallIntegerField(
        null=True, blank=True, help_text="Axial row of the ward's hexagon on its borough's tile map."
    )
    valid_from = models.DateField(
        null=True, blank=True, help_text="First day of the ward; empty where not known."
    )
    valid_to = models.DateField(null=True, blank=True, help_text="First day on which the ward is no more.")
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True)

    privacy = Privacy(
        public="code name slug borough latitude longitude tile_q tile_r valid_from valid_to successors",
        keep="Reference data, kept; a ward that ends keeps its dates and successors.",
    )

    objects = WardQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["borough", "slug"],
                condition=Q(valid_to__isnull=True),
                name="%(app_label)s_%(class)s_slug_once_a_borough",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Path on the borough's own site."""
        return f"/wards/{self.slug}/"

    @property
    def full_url(self) -> str:
        """Absolute address of the ward page, from any site."""
        return self.borough.url(self.get_absolute_url())


class Postcode(models.Model):
    """A postcode in London, live or ended; or one just outside, in a sector that London shares.

    `borough_code` is a GSS code, the City of London's (`E09000001`) included; empty means outside London.
    `ward` is empty where the source names a ward this project does not know.
    """

    postcode = models.CharField(max_length=7, primary_key=True, help_text="Capital letters, no space.")
    ward = models.ForeignKey(Ward, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    borough_code = models.CharField(max_length=9, blank=True)
    ended = models.CharField(
        max_length=6, blank=True, help_text="Year and month, YYYYMM; empty while in use."
    )
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    privacy = Privacy(
        public="postcode ward borough_code ended latitude longitude",
        keep="Reference data: replaced by the next import.",
    )

    def __str__(self) -> str:
        return self.postcode


class OutsidePrefix(models.Model):
    """The beginning of postcodes none of which is in London: an area (`M`), a district (`EN9`) or a sector
    (`EN6 5`).

    Only the shortest one that holds is kept, so the whole country takes a few hundred rows.
    """

    prefix = models.CharField(max_length=6, primary_key=True)

    privacy = Privacy(public="prefix", keep="Reference data: replaced by the next import.")

    def __str__(self) -> str:
        return self.prefix


class WardBoundary(models.Model):
    """The outline of a ward, simplified to about a metre."""

    ward = models.OneToOneField(Ward, models.CASCADE, primary_key=True, related_name="boundary")
    geometry = models.JSONField(help_text="GeoJSON Polygon or MultiPolygon, WGS84, five decimals.")
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    vintage = models.CharField(max_length=20, blank=True, help_text="From the source's column, such as WD24.")

    privacy = Privacy(
        public="ward geometry west south east north vintage",
        keep="Reference data: replaced by the next import.",
    )

    class Meta:
        verbose_name_plural = "ward boundaries"

    def __str__(self) -> str:
        return f"{self.ward_id} {self.vintage}".strip()

    @property
    def bbox(self) -> list[float]:
        """West, south, east, north, as GeoJSON orders them."""
        return [self.west, self.south, self.east, self.north]


class ReferenceImport(models.Model):
    """One import of reference data that changed something: what, from which file, when."""

    kind = models.CharField(max_length=12, choices=ReferenceKind.choices)
    source = models.CharField(max_length=200, help_text="Name of the file.")
    vintage = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    counts = models.JSONField(default=dict, help_text="What was added, changed, removed and left as it was.")

    privacy = Privacy(
        public="kind source vintage at counts", keep="Kept: it says where the reference data came from."
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.source}"
