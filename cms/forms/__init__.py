"""What an editor uploads, and what a chair writes, ticks and sends about minutes. Forms never save."""

from cms.forms.uploads import PictureField, PortalDocumentForm, PortalImageForm

__all__ = ["PictureField", "PortalDocumentForm", "PortalImageForm"]
