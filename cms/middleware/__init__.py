"""The fence around the Wagtail admin: who comes in, by which routes, to which objects, under which policy."""

from cms.middleware.fence import AdminFenceMiddleware

__all__ = ["AdminFenceMiddleware"]
